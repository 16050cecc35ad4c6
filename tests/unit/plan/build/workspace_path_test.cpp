#include "plan/build/workspace_path.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;

TEST_CASE("a path inside the workspace becomes absolute and normal") {
    const std::string workspace =
        GENERATE("/github/workspace", "/github/workspace/", "/github/./x/../workspace");
    const auto [path, whole] = GENERATE(table<std::string, std::string>({
        {".", "/github/workspace"},
        {"", "/github/workspace"},
        {"./", "/github/workspace"},
        {"app", "/github/workspace/app"},
        {"app/", "/github/workspace/app"},
        {"./app/../app//Dockerfile", "/github/workspace/app/Dockerfile"},
        {"/github/workspace", "/github/workspace"},
        {"/github/workspace/app", "/github/workspace/app"},
        {"../workspace/app", "/github/workspace/app"},
        {"..app", "/github/workspace/..app"},
        {"a b;$(id)", "/github/workspace/a b;$(id)"},
    }));
    CAPTURE(workspace, path);
    CHECK(workspace_path(path, workspace) == whole);
}

TEST_CASE("a path that leads out of the workspace is refused") {
    const std::string path =
        GENERATE("..", "../", "app/../..", "/", "/etc/passwd", "/github", "/github/workspace2",
                 "/github/workspace/../home/.docker/config.json", "../workspace2/x", "/proc/self/environ");
    CAPTURE(path);
    const Result<std::string> whole = workspace_path(path, "/github/workspace");
    REQUIRE_FALSE(whole);
    CHECK(whole.error().what == "Path outside the workspace");
}

TEST_CASE("a path with a NUL character is refused") {
    CHECK_FALSE(workspace_path(std::string_view("app\0/../..", 10), "/github/workspace"));
}

TEST_CASE("where the workspace is not known, no path is inside of it") {
    const std::string workspace = GENERATE("", ".", "workspace");
    CAPTURE(workspace);
    CHECK_FALSE(workspace_path("app", workspace));
    CHECK_FALSE(workspace_path("/etc", workspace));
}

TEST_CASE("a context is remote when BuildKit would fetch it") {
    const auto [context, remote] = GENERATE(table<std::string, bool>({
        {"https://github.com/acme/app.git#main:docker", true},
        {"http://example.com/context.tar.gz", true},
        {"git://example.com/app", true},
        {"ssh://git@example.com/app.git", true},
        {"git@github.com:acme/app.git", true},
        {"github.com/acme/app", true},
        {".", false},
        {"app", false},
        {"github.com", false},
        {"git@", false},
        {"git@x/../../etc", false},
        {"./https://x", false},
        {"x://../../etc", false},
        {"file:///etc", false},
    }));
    CAPTURE(context);
    CHECK(is_remote_context(context) == remote);
}
