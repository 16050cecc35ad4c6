#include "commands/probe_checkout.hpp"

#include "unit/commands/run_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <map>
#include <string>

using namespace pr_image;
using commands::Run;
using commands::RunWorld;

namespace {

const std::string kHead(40, 'a');
const std::string kBase(40, 'b');  // GITHUB_SHA of pull_request_target
const std::string kOther(40, 'd');
const std::string kHeader = "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDpn\n";

/// A workflow of the base branch, which has checked out itself, and a pull request's head in the folder `pr`.
struct TwoCheckouts : RunWorld {
    explicit TwoCheckouts(const std::string& event_name = "pull_request_target", int head_repository = 2) {
        event(event_name, {{"action", "labeled"},
                           {"pull_request",
                            {{"number", 7},
                             {"head", {{"sha", kHead}, {"ref", "x"}, {"repo", {{"id", head_repository}}}}},
                             {"base", {{"ref", "main"}, {"sha", kBase}, {"repo", {{"id", 1}}}}}}}});
        checkout(".", kBase);
        checkout("pr", kHead);
        write("pr/app/Dockerfile", "FROM scratch\n");
    }

    void checkout(const std::string& where, const std::string& commit) const {
        write(where + "/.git/HEAD", commit + "\n");
        write(where + "/.git/config", "[core]\n\tbare = false\n");
        std::filesystem::create_directories(workspace() / where / ".git/objects");
        write(where + "/Dockerfile", "FROM scratch\n");
    }

    Run plan(std::map<std::string, std::string> inputs) {
        inputs.emplace("command", "plan");
        inputs.emplace("probe", "false");
        inputs.emplace("untrusted", "build");
        return run(inputs);
    }
};

std::size_t warned(const Run& run) {
    return run.count("warning: Credentials in the build context");
}

}  // namespace

TEST_CASE("the commit is that of the checkout that holds the context") {
    struct Row {
        std::map<std::string, std::string> inputs;
        std::string refusal;  ///< empty: it is built
    };
    const Row row = GENERATE(values<Row>({
        {{{"context", "pr"}}, ""},
        {{{"context", "pr/"}}, ""},
        {{{"context", "pr/app"}}, ""},
        {{{"context", "linked"}}, ""},
        {{{"context", "."}}, "Wrong commit checked out"},
        {{{"context", "ci"}}, "Wrong commit checked out"},
        {{{"context", "pr/vendor"}}, "Wrong commit checked out"},
        {{{"context", "pr/vendor/deep"}}, "Wrong commit checked out"},
        // A plan that is only shown needs no checkout; a build does.
        {{{"context", "pr/broken"}, {"command", "build"}}, "Unknown commit in the workspace"},
        // The Dockerfile is built as well: the workflow's own, or one of the head.
        {{{"context", "pr"}, {"file", "pr/app/Dockerfile"}}, ""},
        {{{"context", "pr"}, {"file", "ci/Dockerfile"}}, ""},
        {{{"context", "pr"}, {"file", "Dockerfile"}}, ""},
        {{{"context", "pr"}, {"file", "other/Dockerfile"}}, "Wrong commit checked out"},
        {{{"context", "pr"}, {"build-contexts", "tools=ci"}}, ""},
        {{{"context", "pr"}, {"build-contexts", "tools=other"}}, "Wrong commit checked out"},
        {{{"context", "pr"}, {"build-contexts", "a=ci\ntools=pr/broken"}}, "Unknown commit in the workspace"},
        {{{"context", "{{defaultContext}}"}, {"build-contexts", "tools=other"}}, "Wrong commit checked out"},
        {{{"context", "{{defaultContext}}"}}, ""},
    }));
    CAPTURE(row.inputs);
    TwoCheckouts world("pull_request_target", GENERATE(1, 2));
    world.checkout("other", kOther);
    world.checkout("pr/vendor", kOther);
    world.write("pr/vendor/deep/Dockerfile", "FROM scratch\n");
    world.write("ci/Dockerfile", "FROM scratch\n");
    world.write("pr/broken/Dockerfile", "FROM scratch\n");
    world.write("pr/broken/.git", "gitdir: ../nowhere\n");
    std::filesystem::create_directory_symlink("pr/app", world.workspace() / "linked");
    const Run run = world.plan(row.inputs);
    INFO(run.log);
    CHECK((run.status == 0) == row.refusal.empty());
    if (!row.refusal.empty()) CHECK(run.log.contains(row.refusal));
    if (row.refusal.empty())
        CHECK(run.log.contains("\"org.opencontainers.image.revision\":\"" + kHead + "\""));
}

TEST_CASE("without any checkout, or one that cannot be read, nothing is proven") {
    TwoCheckouts world;
    std::filesystem::remove_all(world.workspace() / "pr/.git");
    CHECK(world.plan({{"context", "pr"}}).log.contains("Wrong commit checked out"));
    std::filesystem::remove_all(world.workspace() / ".git");
    // A plan that is only shown looks at no engine, and needs no checkout: this one says that it does.
    CHECK(world.plan({{"context", "pr"}}).status == 0);
    CHECK(world.run({{"context", "pr"}, {"untrusted", "build"}, {"probe", "false"}})
              .log.contains("Unknown commit in the workspace"));
}

TEST_CASE("a fork's code is not built where it could read credentials of git's") {
    struct Row {
        std::map<std::string, std::string> inputs;
        std::string file;  ///< that holds a credential
        bool refused;
    };
    const Row row = GENERATE(values<Row>({
        {{{"context", "pr"}}, "", false},
        {{{"context", "pr"}}, "pr/.git/config", true},
        {{{"context", "pr"}}, "pr/.git/modules/a/config", true},
        {{{"context", "pr"}}, "pr/vendor/.git/config", true},
        {{{"context", "pr"}}, ".git/config", false},
        {{{"context", "pr/app"}}, "pr/.git/config", false},
        {{{"context", "linked"}}, "pr/app/deep/.git/config", true},
        // buildx lets a Dockerfile's frontend read all of the folder that the Dockerfile is in.
        {{{"context", "pr/app"}, {"file", "pr/Dockerfile"}}, "pr/.git/config", true},
        {{{"context", "pr"}, {"file", "Dockerfile"}}, ".git/config", true},
        {{{"context", "pr"}, {"build-contexts", "all=."}}, ".git/config", true},
        {{{"context", "{{defaultContext}}"}, {"build-contexts", "a=pr"}}, "pr/.git/config", true},
        {{{"context", "{{defaultContext}}"}}, ".git/config", false},
    }));
    CAPTURE(row.inputs, row.file);
    TwoCheckouts world;
    std::filesystem::create_directory_symlink("pr/app", world.workspace() / "linked");
    // The fork's own file leaves nothing out.
    world.write("pr/.dockerignore", "**/.git\n");
    world.write("pr/Dockerfile.dockerignore", "**\n");
    if (!row.file.empty()) world.write(row.file, kHeader);
    const Run run = world.plan(row.inputs);
    INFO(run.log);
    CHECK((run.status != 0) == row.refused);
    if (!row.refused) return;
    CHECK(run.log.contains("Credentials in the checkout"));
    CHECK(run.log.contains("'" + row.file + "'"));
    CHECK_FALSE(run.log.contains("eDpn"));
}

TEST_CASE("what of a fork's files cannot be read is not taken for harmless") {
    TwoCheckouts world;
    world.write("pr/.git/config", "[http\n");
    const Run run = world.plan({{"context", "pr"}});
    CHECK(run.status != 0);
    CHECK(run.log.contains("Checkout not searched for credentials"));
}

TEST_CASE("the repository's own code is warned of credentials that its context is sent with") {
    struct Row {
        std::map<std::string, std::string> files;
        std::map<std::string, std::string> inputs;
        bool warned;
    };
    const Row row = GENERATE(values<Row>({
        {{}, {}, true},
        {{{".dockerignore", ".git\n"}}, {}, false},
        {{{".dockerignore", "**/.git\n"}}, {}, false},
        {{{".dockerignore", "*\n!Dockerfile\n"}}, {}, false},
        {{{".dockerignore", ".git\n!.git/config\n"}}, {}, true},
        {{{".dockerignore", "node_modules\n"}}, {}, true},
        // The Dockerfile's own ignore file stands in place of the context's.
        {{{".dockerignore", ".git\n"}, {"Dockerfile.dockerignore", "*.md\n"}}, {}, true},
        {{{"Dockerfile.dockerignore", ".git\n"}}, {}, false},
        {{{"x.Dockerfile", "FROM scratch\n"}, {"x.Dockerfile.dockerignore", ".git\n"}},
         {{"file", "x.Dockerfile"}},
         false},
        {{{"x.Dockerfile", "FROM scratch\n"}, {"Dockerfile.dockerignore", ".git\n"}},
         {{"file", "x.Dockerfile"}},
         true},
        // A Dockerfile's folder is not a context, and an additional context has its own ignore file.
        {{{"app/x", ""}}, {{"context", "app"}, {"file", "Dockerfile"}}, false},
        {{{"app/Dockerfile", ""}}, {{"context", "app"}, {"build-contexts", "all=."}}, true},
        {{{"app/Dockerfile", ""}, {".dockerignore", ".git\n"}},
         {{"context", "app"}, {"build-contexts", "all=."}},
         false},
        {{{"app/Dockerfile", ""}, {"app/.dockerignore", ".git\n"}},
         {{"context", "app"}, {"build-contexts", "all=."}},
         true},
        {{{".dockerignore", ".git\n"}, {"sub/.git/config", "x"}}, {}, false},
        {{}, {{"context", "{{defaultContext}}"}}, false},
        {{}, {{"command", "merge"}, {"platforms", "linux/amd64"}, {"push", "false"}}, false},
    }));
    CAPTURE(row.files, row.inputs);
    TwoCheckouts world("pull_request", 1);
    world.write(".git/config", kHeader);
    for (const auto& [name, content] : row.files)
        world.write(name, content);
    const Run run = world.plan(row.inputs);
    INFO(run.log);
    REQUIRE(run.status == 0);
    CHECK(warned(run) == (row.warned ? 1 : 0));
    if (row.warned) CHECK(run.log.contains("'.git/config' (an HTTP header for git's requests)"));
}
