#include "plan/build/build_request.hpp"

#include "plan/build/default_context.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

struct Asked {
    BuildRequest build;
    Plan plan;
};

Asked request(const Event& event, const InputMap& raw, const InputMap& environment = {}) {
    const Inputs given = inputs(raw, environment);
    Asked asked;
    const Subject subject = resolve_subject(event, given, std::nullopt).value();
    asked.build = build_request(event, given.build, given.credentials, subject,
                                grants_of(event, subject, given.strategy), asked.plan.warnings);
    return asked;
}

Strings secret_ids(const BuildRequest& build) {
    Strings ids;
    for (const BuildSecret& secret : build.secrets)
        ids.push_back(secret.id);
    return ids;
}

}  // namespace

TEST_CASE("what the inputs say of the build is asked of buildx as it is") {
    const BuildRequest build = request(push_main(), {{"context", "sub"},
                                                     {"file", "sub/Other"},
                                                     {"target", "app"},
                                                     {"build-args", "A=1\nB=2"},
                                                     {"build-contexts", "x=docker-image://alpine\ny=sub"},
                                                     {"no-cache", "true"},
                                                     {"no-cache-filters", "a,b"},
                                                     {"pull", "true"},
                                                     {"add-hosts", "a:1.2.3.4"},
                                                     {"allow", "network.host"},
                                                     {"network", "host"},
                                                     {"shm-size", "2g"},
                                                     {"cgroup-parent", "/x"},
                                                     {"ulimit", "nofile=1:2"}})
                                   .build;
    CHECK(build.context.text == "/github/workspace/sub");
    CHECK(build.file.text == "/github/workspace/sub/Other");
    CHECK(build.target == "app");
    CHECK(build.build_args == Strings{"A=1", "B=2"});
    CHECK(strings(build.build_contexts) == Strings{"x=docker-image://alpine", "y=/github/workspace/sub"});
    CHECK(build.no_cache);
    CHECK(build.no_cache_filters == Strings{"a", "b"});
    CHECK(build.pull);
    CHECK(build.add_hosts == Strings{"a:1.2.3.4"});
    CHECK(build.allow == Strings{"network.host"});
    CHECK(build.network == "host");
    CHECK(build.shm_size == "2g");
    CHECK(build.cgroup_parent == "/x");
    CHECK(build.ulimits == Strings{"nofile=1:2"});
    CHECK(build.secrets.empty());
}

TEST_CASE("code of a fork gets no secret, no SSH agent and no token, and the plan says which") {
    const InputMap raw{{"secrets", "npm=hush"}, {"ssh", "default"}, {"context", "{{defaultContext}}"}};
    const Asked fork = request(fork_pull_request(), raw);
    CHECK(fork.build.secrets.empty());
    CHECK(fork.build.ssh.empty());
    REQUIRE(fork.plan.warnings.size() == 1);
    CHECK(fork.plan.warnings.front().message.contains("npm"));
    CHECK_FALSE(fork.plan.warnings.front().message.contains("hush"));
    CHECK(request(fork_pull_request(), {}).plan.warnings.empty());

    const Asked own = request(same_repository_pull_request(), raw);
    CHECK(own.build.ssh == Strings{"default"});
    CHECK(secret_ids(own.build) == Strings{"npm", git_token_id(same_repository_pull_request())});
}

TEST_CASE("a context at GitHub is fetched with the token, unless a secret for that is given") {
    const auto [context, secrets, ids] = GENERATE(table<std::string, std::string, Strings>({
        {"{{defaultContext}}", "", {"GIT_AUTH_TOKEN.github.com"}},
        {"{{defaultContext}}:sub", "", {"GIT_AUTH_TOKEN.github.com"}},
        {"{{defaultContext}}", "GIT_AUTH_TOKEN=mine", {"GIT_AUTH_TOKEN"}},
        {"https://example.com/acme/app.git", "", {}},
        {".", "", {}},
    }));
    CAPTURE(context, secrets);
    const BuildRequest build = request(push_main(), {{"context", context}, {"secrets", secrets}}).build;
    CHECK(secret_ids(build) == ids);
    CHECK_FALSE(build.context.text.contains("{{"));
}

TEST_CASE("a secret without a value is left out, and the plan says so") {
    const Asked asked = request(push_main(), {{"secrets", "npm="}});
    CHECK(asked.build.secrets.empty());
    REQUIRE(asked.plan.warnings.size() == 1);
    CHECK(asked.plan.warnings.front().message.contains("npm"));
}

TEST_CASE("where BuildKit fetches the context, what is checked out here says nothing") {
    const Facts checked_out = facts_with_checkout(kOther);
    CHECK_FALSE(facts_of_context(inputs({{"context", "{{defaultContext}}"}}), checked_out).checked_out);
    CHECK(facts_of_context(inputs(), checked_out).checked_out);
}
