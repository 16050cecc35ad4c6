#include "docker/build_argv.hpp"
#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan::examples;
using plan::InputMap;
using Argv = std::vector<std::string>;

namespace {

const std::string kRun = "builder-id=https://github.com/Acme/App/actions/runs/555/attempts/1";

Argv command(InputMap raw, const InputMap& environment = {}, const plan::Event& event = push_main()) {
    raw.emplace("metadata", "none");
    raw.emplace("push", "false");
    return docker::typed_command(plan::decide(event, inputs(raw, environment), facts()).value());
}

/// What the inputs put into the command that is not there without them.
Argv added(const InputMap& raw, const InputMap& environment = {}) {
    const Argv bare = command({});
    const Argv all = command(raw, environment);
    const auto front = std::ranges::mismatch(bare, all);
    const auto shared = std::min(bare.end() - front.in1, all.end() - front.in2);
    std::ptrdiff_t back = 0;
    while (back < shared && *(bare.end() - 1 - back) == *(all.end() - 1 - back))
        ++back;
    return {front.in2, all.end() - back};
}

}  // namespace

TEST_CASE(
    "without inputs and with metadata: none the command has nothing of its own but builder and output") {
    CHECK(command({}) ==
          Argv{"docker", "buildx", "build", "--builder", "default", "--output", "type=docker", kWorkspace});
}

TEST_CASE("every list of docker/build-push-action becomes its arguments") {
    const auto [input, value, arguments] = GENERATE(table<std::string, std::string, Argv>({
        {"add-hosts",
         "a:10.0.0.1,b:10.0.0.2\n\nc:10.0.0.3",
         {"--add-host", "a:10.0.0.1", "--add-host", "b:10.0.0.2", "--add-host", "c:10.0.0.3"}},
        {"allow",
         "network.host,security.insecure",
         {"--allow", "network.host", "--allow", "security.insecure"}},
        {"annotations",
         "index:a=b,c\nmanifest:d=e",
         {"--annotation", "index:a=b,c", "--annotation", "manifest:d=e"}},
        {"attests", "type=sbom,a=b", {"--attest", "type=sbom,a=b"}},
        {"build-args", "A=1,2\n  \nB=\"x\"", {"--build-arg", "A=1,2", "--build-arg", "B=\"x\""}},
        {"build-args",
         "\"KEY=line 1\nline 2\"\nB=2",
         {"--build-arg", "KEY=line 1\nline 2", "--build-arg", "B=2"}},
        {"build-args", "# A=1\nB=2 # two", {"--build-arg", "# A=1", "--build-arg", "B=2 # two"}},
        {"build-args", "\"A=say \"\"yes\"\"\"", {"--build-arg", "A=say \"yes\""}},
        {"build-contexts",
         "a=docker-image://alpine\nb=sub",
         {"--build-context", "a=docker-image://alpine", "--build-context", "b=/github/workspace/sub"}},
        {"build-contexts",
         "src={{defaultContext}}:docs",
         {"--build-context", "src=https://github.com/Acme/App.git#" + kMain + ":docs"}},
        {"cache-from",
         "type=registry,ref=a/b\nuser/app:cache",
         {"--cache-from", "type=registry,ref=a/b", "--cache-from", "type=registry,ref=user/app:cache"}},
        {"cache-to", "type=inline", {"--cache-to", "type=inline"}},
        {"labels", "a=b,c\n\"d=1\n2\"", {"--label", "a=b,c", "--label", "d=1\n2"}},
        {"no-cache-filters",
         "deps,app\nlint",
         {"--no-cache-filter", "deps", "--no-cache-filter", "app", "--no-cache-filter", "lint"}},
        {"ssh", "default,key=/k", {"--ssh", "default", "--ssh", "key=/k"}},
        {"tags",
         "acme/app:1,ghcr.io/acme/app\nlocalhost:5000/x:y",
         {"--tag", "docker.io/acme/app:1", "--tag", "ghcr.io/acme/app:latest", "--tag",
          "localhost:5000/x:y"}},
        {"ulimit", "nofile=1024:1024\nnproc=3", {"--ulimit", "nofile=1024:1024", "--ulimit", "nproc=3"}},
        {"secrets", "a=1\nb=2=3,4", {"--secret", "id=a", "--secret", "id=b"}},
        {"secrets", "\"key=line 1\nline 2\"\n\nb=2", {"--secret", "id=key", "--secret", "id=b"}},
        {"secrets", "a,b=1", {"--secret", "\"id=a,b\""}},
        {"secret-envs", "a=TOKEN,b=TOKEN", {"--secret", "id=a", "--secret", "id=b"}},
        {"secret-files",
         "npm=.npmrc\nk=a,b",
         {"--secret", "id=npm,src=/github/workspace/.npmrc", "--secret",
          "id=k,\"src=/github/workspace/a,b\""}},
        {"platforms",
         "linux/amd64\nlinux/arm64,linux/arm/v7",
         {"--platform", "linux/amd64,linux/arm64,linux/arm/v7"}},
    }));
    CAPTURE(input, value);
    CHECK(added({{input, value}}, {{"TOKEN", "x"}}) == arguments);
}

TEST_CASE("a build without any cache names no stages for it: buildx refuses both") {
    CHECK(added({{"no-cache", "true"}, {"no-cache-filters", "deps"}}) == Argv{"--no-cache"});
}

TEST_CASE("every single value of docker/build-push-action becomes its argument") {
    const auto [input, value, arguments] = GENERATE(table<std::string, std::string, Argv>({
        {"cgroup-parent", "parent", {"--cgroup-parent", "parent"}},
        {"file", "docker/Dockerfile", {"--file", "/github/workspace/docker/Dockerfile"}},
        {"network", "host", {"--network", "host"}},
        {"no-cache", "TRUE", {"--no-cache"}},
        {"no-cache", "false", {}},
        {"pull", "True", {"--pull"}},
        {"shm-size", "2g", {"--shm-size", "2g"}},
        {"target", "dev", {"--target", "dev"}},
        {"provenance", "true", {"--attest", "type=provenance," + kRun}},
        {"provenance", "false", {"--attest", "type=provenance,disabled=true"}},
        {"provenance", "mode=min", {"--attest", "type=provenance,mode=min," + kRun}},
        {"provenance", "builder-id=me", {"--attest", "type=provenance,builder-id=me"}},
        {"sbom", "true", {"--attest", "type=sbom"}},
        {"sbom", "generator=a/b:c", {"--attest", "type=sbom,generator=a/b:c"}},
        {"load", "true", {}},
    }));
    CAPTURE(input, value);
    CHECK(added({{input, value}}) == arguments);
}

TEST_CASE("call asks and builds nothing, outputs replace the output, context is the last word") {
    CHECK(command({{"call", "check"}}) == Argv{"docker", "buildx", "build", "--builder", "default", "--call",
                                               "check", "--attest", "type=provenance,mode=max," + kRun,
                                               kWorkspace});
    const Argv local =
        command({{"outputs", "type=local,dest=out\ntype=tar,dest=a.tar"}, {"provenance", "false"}});
    CHECK(Argv(local.end() - 5, local.end()) == Argv{"--output", "type=local,dest=/github/workspace/out",
                                                     "--output", "type=tar,dest=/github/workspace/a.tar",
                                                     kWorkspace});
    CHECK(std::ranges::count(local, "--output") == 2);
    CHECK(command({{"context", "https://github.com/a/b.git#main"}}).back() ==
          "https://github.com/a/b.git#main");
    CHECK(command({{"context", "sub"}}).back() == "/github/workspace/sub");
}

TEST_CASE("a context that BuildKit fetches from here gets the token as a secret, unless it has one") {
    const std::string here = "https://github.com/Acme/App.git#" + kMain;
    const Argv fetched = command({{"context", "{{defaultContext}}:app"}});
    CHECK(fetched.back() == here + ":app");
    CHECK(std::ranges::find(fetched, "id=GIT_AUTH_TOKEN.github.com") != fetched.end());
    const Argv own = command({{"context", "{{ defaultContext }}"}, {"secrets", "GIT_AUTH_TOKEN=x"}});
    CHECK(std::ranges::count(own, "--secret") == 1);
    CHECK(std::ranges::find(own, "id=GIT_AUTH_TOKEN") != own.end());
    CHECK(std::ranges::count(command({{"context", "https://github.com/a/b.git"}}), "--secret") == 0);
    CHECK(std::ranges::count(command({{"context", "{{defaultContext}}"}, {"github-token", "ghs_x"}}, {},
                                     fork_pull_request()),
                             "--secret") == 0);
}
