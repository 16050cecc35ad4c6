#include "process/workspace_opener.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

using namespace pr_image;
using namespace pr_image::process;

namespace fs = std::filesystem;

namespace {

constexpr PathUse kReads[] = {PathUse::folder, PathUse::file,  PathUse::dockerfile,
                              PathUse::ssh,    PathUse::cache, PathUse::layout};
constexpr PathUse kOutputs[] = {PathUse::output_file, PathUse::output_folder, PathUse::output_layout};

/// A checkout, runner.temp and what lies outside of both.
struct Fixture {
    test::Folder outside;
    test::Folder workspace;
    test::Folder temporary;
    WorkspaceOpener paths;

    explicit Fixture(OpenMethod method = OpenMethod::automatic)
        : paths({.workspace = workspace.path(), .temporary = temporary.path()}, method) {
        outside.write("secret", "s3cret");
        workspace.write(".git/config", "[core]");
        workspace.write("app/Dockerfile", "FROM scratch");
        workspace.write("lib/file", "text");
    }
    void link(const std::string& name, const fs::path& target) const {
        fs::create_directories(fs::path(workspace.path(name)).parent_path());
        fs::create_symlink(target, workspace.path(name));
    }
    /// The path below the workspace, or why there is none.
    [[nodiscard]] std::string opened(const std::string& written, PathUse use) const {
        const Result<WorkspacePath> path = paths.open(written, use);
        return path ? fs::path(path->string()).lexically_relative(workspace.path()).string()
                    : path.error().why;
    }
};

bool refused(const Fixture& fixture, const std::string& written, PathUse use, std::string_view why) {
    const Result<WorkspacePath> path = fixture.paths.open(written, use);
    if (path) return false;
    INFO(path.error().why);
    return path.error().why.contains(why) && !path.error().fix.empty();
}

void make_socket(const std::string& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    ::close(socket);
}

void make_repository(const Fixture& fixture, const std::string& name) {
    fixture.workspace.write(name + "/HEAD", "ref: refs/heads/main");
    fixture.workspace.write(name + "/objects/info/x", "");
    fixture.workspace.write(name + "/refs/heads/main", "");
}

}  // namespace

TEST_CASE("what is read may lead through links that stay inside, and is given without them") {
    const Fixture fixture(GENERATE(OpenMethod::automatic, OpenMethod::walk));
    fixture.link("source", "lib");
    fixture.link("deep/link", "../lib/./file");
    fixture.link("chain", "deep/link");
    fixture.link("up", "app/../lib/../app");
    CHECK(fixture.opened("source", PathUse::folder) == "lib");
    CHECK(fixture.opened("source/file", PathUse::file) == "lib/file");
    CHECK(fixture.opened("deep/link", PathUse::file) == "lib/file");
    CHECK(fixture.opened("chain", PathUse::file) == "lib/file");
    CHECK(fixture.opened("up", PathUse::folder) == "app");
    CHECK(fixture.opened(".", PathUse::folder) == ".");
    CHECK(fixture.opened("source/../chain", PathUse::file) == "lib/file");
}

TEST_CASE("a link that leads out of the workspace is not followed, however it gets there") {
    const Fixture fixture(GENERATE(OpenMethod::automatic, OpenMethod::walk));
    fixture.link("absolute", fixture.outside.path());
    fixture.link("absolute-inside", fixture.workspace.path("lib"));
    fixture.link("relative", fs::path("..") / fs::path(fixture.outside.path()).filename());
    fixture.link("root", "../../../../../../../../etc");
    fixture.link("app/middle", "../relative");
    fixture.link("chain", "app/middle");
    fixture.link("process", "/proc/self");
    fixture.link("lib/file2", fixture.outside.path("secret"));
    fixture.link("dangling-out", "../nothing-there");
    fixture.link("zigzag", "app/../../x");
    const std::string path = GENERATE("absolute", "absolute/secret", "absolute-inside", "relative/secret",
                                      "root/passwd", "app/middle/secret", "chain/secret", "process/environ",
                                      "lib/file2", "dangling-out", "zigzag");
    CAPTURE(path);
    for (const PathUse use : kReads) {
        CHECK(refused(fixture, path, use, "lead"));
    }
    for (const PathUse use : kOutputs) {
        CHECK(refused(fixture, path, use, "is a link"));
    }
}

TEST_CASE("nothing is written through a link, wherever it leads and whether anything is there") {
    const Fixture fixture(GENERATE(OpenMethod::automatic, OpenMethod::walk));
    fixture.link("out", ".git");
    fixture.link("hooks", ".git/hooks");
    fixture.link("inside", "lib");
    fixture.link("file-link", "lib/file");
    fixture.link("dangling", "not-there-yet");
    fixture.link("dangling-git", ".git/modules/new");
    fixture.link("app/middle", "../lib");
    fixture.link("self", "self");
    const std::string path =
        GENERATE("out", "out/", "out/hooks", "hooks", "inside", "inside/new/deep", "file-link", "dangling",
                 "dangling/x", "dangling-git", "app/middle/x", "self", "self/x");
    CAPTURE(path);
    for (const PathUse use : kOutputs) {
        CHECK(refused(fixture, path, use, "is a link, and nothing is written through one"));
    }
}

TEST_CASE("a link into a .git is not followed to read either, in any spelling of its name") {
    const Fixture fixture;
    fixture.link("config", ".git/config");
    fixture.link("shout", ".GIT/config");
    fixture.link("folder", "lib/../.git");
    fixture.link("later", "folder");
    fixture.link("through", ".git/../lib/file");
    fixture.workspace.write("sub/.git", "gitdir: ../.git/modules/sub");
    fixture.link("pointer", "sub/.git");
    const std::string path =
        GENERATE("config", "shout", "folder", "folder/config", "later/config", "through", "pointer");
    CAPTURE(path);
    for (const PathUse use : kReads) {
        CHECK(refused(fixture, path, use, "leads into a .git folder"));
    }
}

TEST_CASE("a path that does not exist yet is given as it is written") {
    const Fixture fixture(GENERATE(OpenMethod::automatic, OpenMethod::walk));
    for (const PathUse use : kOutputs) {
        CHECK(fixture.opened("new", use) == "new");
        CHECK(fixture.opened("new/with/parents/", use) == "new/with/parents");
        CHECK(fixture.opened("app/new", use) == "app/new");
    }
    for (const PathUse use : kReads) {
        CHECK(fixture.opened("app/new", use) == "app/new");
    }
}

TEST_CASE("before another program reads a path it has to be there, and what is written need not") {
    const Fixture fixture;
    fixture.link("dangling", "nothing");
    for (const PathUse use :
         {PathUse::folder, PathUse::file, PathUse::dockerfile, PathUse::ssh, PathUse::layout}) {
        const Result<void> missing = fixture.paths.check(fixture.paths.open("new", use).value());
        REQUIRE_FALSE(missing);
        CHECK(missing.error().why == "'new' is not there");
        CHECK(missing.error().fix.contains("check the repository out before"));
        CHECK_FALSE(fixture.paths.check(fixture.paths.open("dangling", use).value()));
    }
    for (const PathUse use :
         {PathUse::cache, PathUse::output_file, PathUse::output_folder, PathUse::output_layout}) {
        CHECK(fixture.paths.check(fixture.paths.open("new", use).value()));
    }
    CHECK(fixture.paths.check(fixture.paths.open("lib/file", PathUse::file).value()));
}

TEST_CASE("what changed since a path was opened is an error before another program takes it") {
    const Fixture fixture;
    const WorkspacePath output = fixture.paths.open("out", PathUse::output_folder).value();
    const WorkspacePath deep = fixture.paths.open("deep/out", PathUse::output_file).value();
    const WorkspacePath source = fixture.paths.open("lib/file", PathUse::file).value();
    CHECK(fixture.paths.check(output));
    fixture.link("out", ".git");
    fixture.link("deep", "lib");
    fs::remove(fixture.workspace.path("lib/file"));
    fixture.link("lib/file", "../app/Dockerfile");
    CHECK_FALSE(fixture.paths.check(output));
    CHECK_FALSE(fixture.paths.check(deep));
    REQUIRE_FALSE(fixture.paths.check(source));
    CHECK(fixture.paths.check(source).error().why.contains("leads elsewhere"));
}

TEST_CASE("a path is of the kind that is needed") {
    const Fixture fixture;
    REQUIRE(::mkfifo(fixture.workspace.path("fifo").c_str(), 0600) == 0);
    make_socket(fixture.workspace.path("agent"));
    struct Row {
        const char* path;
        std::vector<PathUse> fits;
    };
    const Row row =
        GENERATE(Row{"app",
                     {PathUse::folder, PathUse::layout, PathUse::cache, PathUse::output_folder,
                      PathUse::output_layout}},
                 Row{"lib/file", {PathUse::file, PathUse::dockerfile, PathUse::ssh, PathUse::output_file}},
                 Row{"agent", {PathUse::ssh}}, Row{"fifo", {}});
    CAPTURE(row.path);
    for (const PathUse use :
         {PathUse::folder, PathUse::file, PathUse::dockerfile, PathUse::ssh, PathUse::layout, PathUse::cache,
          PathUse::output_file, PathUse::output_folder, PathUse::output_layout}) {
        CAPTURE(static_cast<int>(use));
        CHECK(fixture.paths.open(row.path, use).has_value() ==
              (std::ranges::find(row.fits, use) != row.fits.end()));
        CHECK(refused(fixture, "lib/file/below", use, "is not a folder"));
    }
}

TEST_CASE("nothing is written into a folder that git takes for a repository, or over one") {
    const Fixture fixture;
    make_repository(fixture, "mirror");
    make_repository(fixture, "separate/gitdir");
    fixture.workspace.write("worktrees/one/HEAD", "ref: refs/heads/main");
    fixture.workspace.write("worktrees/one/commondir", "../..");
    fixture.workspace.write("nested/module/.git", "gitdir: ../../x");
    fixture.workspace.write("other/repository/.GIT/config", "");
    const std::string inside =
        GENERATE("mirror/new", "mirror/hooks/post-checkout", "separate/gitdir/config", "worktrees/one/x");
    for (const PathUse use : kOutputs) {
        CHECK(refused(fixture, inside, use, "git repository"));
    }
    const std::string over = GENERATE("mirror", "separate", "separate/gitdir", "worktrees", "worktrees/one",
                                      "nested", "nested/module", "other");
    CHECK(refused(fixture, over, PathUse::output_folder, "holds a git repository"));
    CHECK(refused(fixture, over, PathUse::output_layout, "holds a git repository"));
}

TEST_CASE("a folder that only looks like a repository is written to") {
    const Fixture fixture;
    fixture.workspace.write("almost/HEAD", "");
    fixture.workspace.write("almost/refs/x", "");
    fixture.workspace.write("dist/.gitignore", "*");
    fixture.link("dist/sub/link", "/usr/bin");
    CHECK(fixture.opened("almost", PathUse::output_folder) == "almost");
    CHECK(fixture.opened("almost/x", PathUse::output_file) == "almost/x");
    CHECK(fixture.opened("dist", PathUse::output_folder) == "dist");
}

TEST_CASE("a layout that is written to holds no link, and one that is read none that leads out") {
    const Fixture fixture;
    const std::string link = GENERATE("index.json", "index.json.lock", "ingest", "blobs", "blobs/sha256",
                                      "blobs/sha256/0123", "oci-layout", "deep/er/x");
    CAPTURE(link);
    fixture.workspace.write("layout/README", "");
    fixture.link("layout/" + link, fs::path(fixture.outside.path("secret")));
    CHECK(refused(fixture, "layout", PathUse::output_layout, "is a link"));
    CHECK(refused(fixture, "layout", PathUse::layout, "leads out"));
    CHECK(refused(fixture, "layout", PathUse::cache, "leads out"));
    fs::remove(fixture.workspace.path("layout/" + link));
    fs::create_symlink(fs::relative(fixture.workspace.path(".git/config"),
                                    fs::path(fixture.workspace.path("layout/" + link)).parent_path()),
                       fixture.workspace.path("layout/" + link));
    CHECK(refused(fixture, "layout", PathUse::layout, ".git"));
    fs::remove(fixture.workspace.path("layout/" + link));
    fixture.link("layout/" + link, "README");
    CHECK(refused(fixture, "layout", PathUse::output_layout, "is a link"));
    CHECK(fixture.opened("layout", PathUse::layout) == "layout");
    CHECK(fixture.opened("layout", PathUse::cache) == "layout");
}

TEST_CASE("what is read beside a Dockerfile leads nowhere else, and the Dockerfile keeps its name") {
    const Fixture fixture;
    fixture.link("app/Dockerfile.dev", "Dockerfile");
    fixture.link("source", "app");
    CHECK(fixture.opened("app/Dockerfile.dev", PathUse::dockerfile) == "app/Dockerfile.dev");
    CHECK(fixture.opened("source/Dockerfile.dev", PathUse::dockerfile) == "app/Dockerfile.dev");
    CHECK(fixture.opened("app/Dockerfile.dev", PathUse::file) == "app/Dockerfile");
    const std::string beside = GENERATE("app/Dockerfile.dev.dockerignore", "app/Dockerfile.dev.rego");
    const std::string target = GENERATE("../../secret", "/etc/passwd", "../.git/config");
    fixture.link(beside, target);
    CHECK_FALSE(fixture.paths.open("app/Dockerfile.dev", PathUse::dockerfile));
    CHECK(fixture.paths.open("app/Dockerfile", PathUse::dockerfile));
    fs::remove(fixture.workspace.path(beside));
    fixture.link(beside, "../lib/file");
    CHECK(fixture.paths.open("app/Dockerfile.dev", PathUse::dockerfile));
}

TEST_CASE("a context's .dockerignore leads nowhere else") {
    const Fixture fixture;
    CHECK(fixture.paths.open("app", PathUse::folder));
    fixture.link("app/.dockerignore", fixture.outside.path("secret"));
    CHECK_FALSE(fixture.paths.open("app", PathUse::folder));
    fs::remove(fixture.workspace.path("app/.dockerignore"));
    fs::create_directory(fixture.workspace.path("app/.dockerignore"));
    CHECK(refused(fixture, "app", PathUse::folder, "is not a regular file"));
}

TEST_CASE("runner.temp is a place of its own, and a link does not lead from one to the other") {
    const Fixture fixture;
    fixture.temporary.write("key", "key");
    fs::create_symlink(fixture.workspace.path("lib"), fixture.temporary.path("to-workspace"));
    fixture.link("to-temporary", fixture.temporary.path("key"));
    const Result<WorkspacePath> key = fixture.paths.open(fixture.temporary.path("key"), PathUse::ssh);
    REQUIRE(key);
    CHECK(key->string() == fixture.temporary.path("key"));
    CHECK(fixture.paths.open(fixture.temporary.path("cache/new"), PathUse::output_layout));
    CHECK_FALSE(fixture.paths.open(fixture.temporary.path("to-workspace"), PathUse::folder));
    CHECK_FALSE(fixture.paths.open("to-temporary", PathUse::ssh));
}

TEST_CASE("links in a circle have an end, and a workspace that is not there is an error") {
    const Fixture fixture;
    fixture.link("a", "b");
    fixture.link("b", "a");
    CHECK(refused(fixture, "a", PathUse::file, "circle"));
    CHECK(refused(fixture, "a/x", PathUse::folder, "circle"));
    const WorkspaceOpener nowhere({.workspace = fixture.workspace.path("missing"), .temporary = ""});
    CHECK_FALSE(nowhere.open("x", PathUse::file));
}
