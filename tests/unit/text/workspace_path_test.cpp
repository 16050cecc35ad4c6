#include "text/workspace_path.hpp"

#include "support/text_paths.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::text;

namespace {

const PathRoots kRoots{
    .workspace = "/github/workspace",
    .temporary = "/github/runner_temp",
    .workspace_aliases = {"/home/runner/work/app/app", "/__w/app/app"},
    .temporary_aliases = {"/home/runner/work/_temp", "/__w/_temp"},
};

Result<Place> located(std::string_view written, PathUse use = PathUse::folder) {
    return locate(written, kRoots, use);
}

}  // namespace

TEST_CASE("a path is relative to the workspace, and its dots are resolved before any link is") {
    const auto [written, relative] = GENERATE(table<std::string, std::string>({
        {".", "."},
        {"./", "."},
        {"app", "app"},
        {"app/", "app"},
        {"./app//src/.", "app/src"},
        {"app/../lib", "lib"},
        {"a/b/../../..hidden", "..hidden"},
        {"-", "-"},
        {"a b/ü", "a b/ü"},
        {".github", ".github"},
        {".gitignore", ".gitignore"},
        {"digit/.gitkeep", "digit/.gitkeep"},
        {"/github/workspace", "."},
        {"/github/workspace/app/", "app"},
        {"//github/./workspace/../workspace/app", "app"},
    }));
    CAPTURE(written);
    CHECK(located(written) == Place{"/github/workspace", relative});
}

TEST_CASE("what an expression calls the workspace and runner.temp is the same folder here") {
    const auto [written, place] = GENERATE(table<std::string, Place>({
        {"/home/runner/work/app/app", {"/github/workspace", "."}},
        {"/home/runner/work/app/app/out", {"/github/workspace", "out"}},
        {"/__w/app/app/out", {"/github/workspace", "out"}},
        {"/home/runner/work/_temp/cache", {"/github/runner_temp", "cache"}},
        {"/__w/_temp/cache/x", {"/github/runner_temp", "cache/x"}},
        {"/github/runner_temp/.buildx-cache", {"/github/runner_temp", ".buildx-cache"}},
    }));
    CAPTURE(written);
    CHECK(located(written) == place);
}

TEST_CASE("a path of the runner's machine is an error that says what this step sees and what to write") {
    const std::string written =
        GENERATE("/tmp/cache", "/tmp/ssh-XXXX/agent.1", "/home/runner/.cache/x", "/home/runner/work/app",
                 "/home/runner/work/app/application/x", "/github/workspace/../x", "/github/home/.docker/x",
                 "/", "/github/workspaces/x", "/proc/self/environ", "/dev/x", "/github/file_commands/x",
                 "/github/runner_temp/../workflow/x");
    CAPTURE(written);
    for (const PathUse use : {PathUse::folder, PathUse::file, PathUse::ssh, PathUse::cache,
                              PathUse::output_file, PathUse::output_folder, PathUse::output_layout}) {
        const Result<Place> place = located(written, use);
        REQUIRE_FALSE(place);
        CHECK(place.error().why ==
              "'" + written +
                  "' is a path of the runner's machine: this step sees the workspace and "
                  "runner.temp only");
        CHECK(place.error().fix.starts_with("Write a path relative to the workspace"));
    }
    CHECK(located("/tmp/cache").error().fix ==
          "Write a path relative to the workspace, or ${{ runner.temp }}/cache.");
}

TEST_CASE("no shell reads a path: its shorthands are errors") {
    const std::string written = GENERATE("~", "~/.ssh/id_ed25519", "~/", "~runner/x", "$HOME/.cache",
                                         "${HOME}/.cache", "$GITHUB_WORKSPACE/out", "${{ runner.temp }}/x");
    CAPTURE(written);
    const Result<Place> place = located(written);
    REQUIRE_FALSE(place);
    CHECK(place.error().why.contains("shell's shorthand"));
}

TEST_CASE("a relative path that leads out of the workspace is refused, whatever lies there") {
    const std::string written = GENERATE("..", "../x", "app/../../x", "./..", "../runner_temp/x",
                                         "../workspace/app", "a/../../workspace/app");
    CAPTURE(written);
    REQUIRE_FALSE(located(written));
    CHECK(located(written).error().why.contains("leads out of the workspace"));
}

TEST_CASE("no spelling of .git is in a path, as git and file systems spell it") {
    const std::string name = GENERATE(".git", ".GIT", ".Git", ".git.", ".git ", ".git. .",
                                      ".git::$INDEX_ALLOCATION", ".git:x", "git~1", "GIT~1", ".g\u200cit",
                                      ".gi\u206et", "\ufeff.git", ".git\u200f", "a\\.git", ".git\\hooks");
    CAPTURE(name);
    CHECK(is_git_name(name));
    for (const std::string& written :
         {name, "out/" + name, name + "/hooks", "a/../" + name, "a/" + name + "/../b",
          "/github/workspace/" + name, "/github/runner_temp/x/" + name + "/config"}) {
        CAPTURE(written);
        for (const PathUse use :
             {PathUse::folder, PathUse::file, PathUse::output_file, PathUse::output_folder}) {
            CHECK_FALSE(located(written, use));
        }
    }
}

TEST_CASE("a name that only begins or ends like .git is a name like others") {
    const std::string name = GENERATE(".github", ".gitignore", "x.git", "git", "..git", ".git2", ".git-x",
                                      ".git.x", "git~2x", "git~12", ".gıt", " .git", "");
    CAPTURE(name);
    CHECK_FALSE(is_git_name(name));
}

TEST_CASE("the runner's own files in runner.temp are nobody's input") {
    const std::string name =
        GENERATE("", "/.", "/_runner_file_commands/set_env_1", "/_github_home/.docker",
                 "/x/../_github_workflow", "/git-credentials-1.config", "/pr-image-abc/x");
    CAPTURE(name);
    const Result<Place> place = located("/github/runner_temp" + name);
    REQUIRE_FALSE(place);
    CHECK(place.error().why.contains("belongs to the runner"));
    CHECK_FALSE(located("/home/runner/work/_temp" + name));
}

TEST_CASE("a result does not replace the workspace as a whole, where a .git is or will be") {
    const std::string written =
        GENERATE(".", "./", "a/..", "/github/workspace", "/home/runner/work/app/app/");
    CAPTURE(written);
    CHECK_FALSE(located(written, PathUse::output_folder));
    CHECK_FALSE(located(written, PathUse::output_layout));
    CHECK(located(written, PathUse::folder));
}

TEST_CASE("a path without text, with a NUL or without a known workspace has no place") {
    CHECK_FALSE(located(""));
    CHECK_FALSE(located(std::string_view("app\0/x", 6)));
    const std::string workspace = GENERATE("", "relative/workspace");
    CHECK_FALSE(locate("app", {.workspace = workspace, .temporary = ""}, PathUse::folder));
    CHECK_FALSE(locate("/etc", {.workspace = workspace, .temporary = ""}, PathUse::folder));
}

TEST_CASE("a workspace is taken as it is spelled, and may be the root folder") {
    CHECK(locate("a", {.workspace = "/work/./app/", .temporary = ""}, PathUse::file) ==
          Place{"/work/app", "a"});
    CHECK(locate("a", {.workspace = "/", .temporary = ""}, PathUse::file) == Place{"/", "a"});
    CHECK(locate("/a/b", {.workspace = "/", .temporary = ""}, PathUse::file) == Place{"/", "a/b"});
    CHECK(support::TextPaths("/").open("a/b", PathUse::file)->string() == "/a/b");
    CHECK(support::TextPaths("/").open(".", PathUse::folder)->string() == "/");
}

TEST_CASE("without runner.temp there is the workspace alone") {
    const PathRoots roots{
        .workspace = "/w", .temporary = "", .temporary_aliases = {"/home/runner/work/_temp"}};
    CHECK_FALSE(locate("/home/runner/work/_temp/x", roots, PathUse::file));
    CHECK_FALSE(locate("/x", roots, PathUse::file));
}

TEST_CASE("an error shows a hostile path as text") {
    const Result<Place> place = located("/tmp/\n::error::x\u202e");
    REQUIRE_FALSE(place);
    CHECK_FALSE(place.error().why.contains('\n'));
    CHECK_FALSE(place.error().fix.contains('\n'));
    CHECK_FALSE(place.error().why.contains("\u202e"));
}

TEST_CASE("a path keeps what it is for, and is the same one when it is opened again") {
    const support::TextPaths paths(kRoots);
    const Result<WorkspacePath> path = paths.open("/home/runner/work/_temp/x/", PathUse::output_file);
    REQUIRE(path);
    CHECK(path->string() == "/github/runner_temp/x");
    CHECK(path->use() == PathUse::output_file);
    CHECK(paths.check(*path));
}
