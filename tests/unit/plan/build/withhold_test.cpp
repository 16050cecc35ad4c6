#include "plan/build/withhold.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

/// A step that knows two tokens, two passwords and a build secret.
Inputs with_secrets(InputMap raw) {
    raw.emplace("untrusted", "build");
    raw.emplace("github-token", "ghs_git-token");
    raw.emplace("username", "u");
    raw.emplace("password", "hush-hush-hush");
    raw.emplace("registry-auth", "registry=docker.io,username=u,password=dckr-pat-1");
    raw.emplace("secrets", "npm=npm-token-1");
    return inputs(raw);
}

Result<Plan> decided(const Event& event, InputMap raw) {
    return decide(event, with_secrets(std::move(raw)), facts_with_checkout(kHead));
}

/// The messages of the warnings with this title, one per line.
std::string messages(const Plan& plan, std::string_view title) {
    std::string all;
    for (const Warning& warning : plan.warnings) {
        if (warning.title == title) all += warning.message + "\n";
    }
    return all;
}

void check_nothing_shown(const Plan& plan) {
    for (const Warning& warning : plan.warnings) {
        for (const std::string secret : {"ghs_", "hush", "dckr-pat", "npm-token", "dTpo"})
            CHECK_FALSE(warning.message.contains(secret));
    }
}

}  // namespace

TEST_CASE("the host's network is not for an untrusted fork's steps, however it is asked for") {
    const auto [network, left] = GENERATE(table<std::string, std::string>({
        {"host", ""},
        {"HOST", ""},
        {"Host", ""},
        {"container:x", ""},
        {"bridge", ""},
        {"host,none", ""},
        {"default", "default"},
        {"none", "none"},
        {"", ""},
    }));
    const std::string allow = GENERATE("", "network.host");
    CAPTURE(network, allow);
    const Plan plan = decided(pull_request_target(kFork), {{"network", network}, {"allow", allow}}).value();
    CHECK(plan.build.network == left);
    CHECK(plan.build.allow.empty());
    CHECK(messages(plan, "Network left out").empty() == (network == left));
    for (const Event& event : {fork_pull_request(), same_repository_pull_request(), push_main()})
        CHECK(decide(event, inputs({{"network", network}}), facts())->build.network == network);
}

TEST_CASE("a build argument that holds a secret of the step is left out of an untrusted build") {
    const auto [argument, name] = GENERATE(table<std::string, std::string>({
        {"TOKEN=ghs_token", "TOKEN"},
        {"GIT=ghs_git-token", "GIT"},
        {"URL=https://u:hush-hush-hush@example.com", "URL"},
        {"HUB=x dckr-pat-1 y", "HUB"},
        {"NPM=npm-token-1", "NPM"},
        {"AUTH=dTpodXNoLWh1c2gtaHVzaA==", "AUTH"},
        {"hush-hush-hush=x", "(its name is not shown)"},
        {"hush-hush-hush", "(its name is not shown)"},
    }));
    CAPTURE(argument);
    const InputMap raw{{"build-args", "A=1\n" + argument + "\nB=2"}};
    for (const Event& event :
         {fork_pull_request(), pull_request_target(kFork), pull_request_target("null")}) {
        const Plan plan = decided(event, raw).value();
        CHECK(plan.build.build_args == Strings{"A=1", "B=2"});
        CHECK(messages(plan, "Build arguments left out").contains(name));
        check_nothing_shown(plan);
    }
    const Plan trusted = decided(same_repository_pull_request(), raw).value();
    CHECK(trusted.build.build_args == Strings{"A=1", argument, "B=2"});
    CHECK(messages(trusted, "Secret in a build argument").contains(name));
    check_nothing_shown(trusted);
}

TEST_CASE("an untrusted build fetches its contexts without the user and password in their addresses") {
    const auto [address, bare] = GENERATE(table<std::string, std::string>({
        {"https://x:ghs_token@github.com/acme/lib.git", "https://github.com/acme/lib.git"},
        {"https://ghs_token@github.com/acme/lib.git#main", "https://github.com/acme/lib.git#main"},
        // A secret that the step does not know is one all the same.
        {"https://x:somebodys-pat@github.com/acme/lib.git", "https://github.com/acme/lib.git"},
        {"https://somebodys-pat:@github.com/acme/lib.git", "https://github.com/acme/lib.git"},
        {"http://u:p%40w@example.com/lib.tar.gz", "http://example.com/lib.tar.gz"},
    }));
    CAPTURE(address);
    const std::string pinned = "base=docker-image://alpine@sha256:" + std::string(64, 'a');
    const InputMap named{{"build-contexts", pinned + "\nlib=" + address}};
    for (const Event& event : {fork_pull_request(), pull_request_target(kFork)}) {
        const Plan plan = decided(event, named).value();
        CHECK(strings(plan.build.build_contexts) == Strings{pinned, "lib=" + bare});
        CHECK(messages(plan, "Credential left out").contains("build-contexts"));
        check_nothing_shown(plan);
    }
    const Plan trusted = decided(push_main(), named).value();
    CHECK(strings(trusted.build.build_contexts) == Strings{pinned, "lib=" + address});
    CHECK(messages(trusted, "Secret in an address").empty() != address.contains("ghs_token"));
    check_nothing_shown(trusted);

    if (!address.ends_with(".git")) return;
    // Where the event has secrets, the address has to name the head.
    const std::string head = "#" + kHead;
    for (const Event& event : {fork_pull_request(), pull_request_target(kFork)}) {
        const Plan plan = decided(event, {{"context", address + head}}).value();
        CHECK(plan.build.context.text == bare + head);
        CHECK(messages(plan, "Credential left out").contains("context"));
    }
    CHECK(decided(push_main(), {{"context", address + head}}).value().build.context.text == address + head);
}

TEST_CASE("a secret in anything else that an untrusted build is handed is an error that names the input") {
    const auto [input, value] = GENERATE(table<std::string, std::string>({
        {"labels", "a=ghs_token"},
        {"labels", "ghs_token=a"},
        {"annotations", "a=npm-token-1"},
        {"build-contexts", "lib=https://example.com/lib.tar?token=hush-hush-hush"},
        {"build-contexts", "hush-hush-hush=docker-image://alpine"},
        {"add-hosts", "hush-hush-hush:1.2.3.4"},
        {"target", "npm-token-1"},
        {"attests", "type=sbom,generator=hush-hush-hush"},
        {"no-cache-filters", "dckr-pat-1"},
    }));
    CAPTURE(input, value);
    const Event event = GENERATE(fork_pull_request(), pull_request_target(kFork));
    const Result<Plan> plan = decided(event, {{input, value}});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == fmt::format("Secret in input '{}'", input));
    CHECK_FALSE(message(plan).contains(value));
    CHECK(decided(push_main(), {{input, value}}));
}

TEST_CASE("a secret in what is left of a context's address is an error") {
    const std::string address = "https://u:p@example.com/acme.git#hush-hush-hush";
    const Result<Plan> plan = decided(fork_pull_request(), {{"context", address}});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == "Secret in input 'context'");
    CHECK(decided(push_main(), {{"context", address}}));
}

TEST_CASE("what holds no secret is handed to everybody") {
    const InputMap raw{{"build-args", "A=1\nVERSION=1.2.3"},
                       {"build-contexts", "lib=https://github.com/acme/lib.git#main"},
                       {"labels", "a=b"},
                       {"add-hosts", "a:1.2.3.4"},
                       {"target", "app"}};
    for (const Event& event : {fork_pull_request(), pull_request_target(kFork), push_main()}) {
        const Plan plan = decided(event, raw).value();
        CHECK(plan.build.build_args == Strings{"A=1", "VERSION=1.2.3"});
        CHECK(strings(plan.build.build_contexts) == Strings{"lib=https://github.com/acme/lib.git#main"});
        CHECK(messages(plan, "Build arguments left out").empty());
        CHECK(messages(plan, "Credential left out").empty());
    }
}
