#include "actions/checkout.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace pr_image;
using actions::checked_out_commit;
using test::Folder;

namespace {

const std::string kSha = "0123456789abcdef0123456789abcdef01234567";

void check_commit(const std::string& folder, const std::string& sha = kSha) {
    const auto commit = checked_out_commit(folder);
    if (!commit) FAIL(text::to_string(commit.error()));
    CHECK(*commit == CommitSha::parse(sha).value());
}

void check_unknown(const std::string& folder, const std::string& why) {
    const auto commit = checked_out_commit(folder);
    REQUIRE_FALSE(commit);
    CHECK(commit.error().what == "Cannot tell which commit is checked out");
    CAPTURE(commit.error().why);
    CHECK(commit.error().why.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("a detached HEAD names the commit, in SHA-1 and SHA-256 repositories") {
    const Folder folder;
    folder.write(".git/HEAD", kSha + "\n");
    check_commit(folder.path());
    const std::string long_sha(64, 'a');
    folder.write(".git/HEAD", long_sha + "\n");
    check_commit(folder.path(), long_sha);
}

TEST_CASE("a branch names the commit, loose before packed") {
    const Folder folder;
    folder.write(".git/HEAD", "ref: refs/heads/feature/x\n");
    folder.write(".git/packed-refs", "# pack-refs with: peeled fully-peeled sorted\n" + std::string(40, '1') +
                                         " refs/heads/feature/xy\n" + std::string(40, '2') +
                                         " refs/heads/feature/x\n^" + std::string(40, '3') + "\n");
    check_commit(folder.path(), std::string(40, '2'));
    folder.write(".git/refs/heads/feature/x", kSha + "\n");
    check_commit(folder.path());
}

TEST_CASE("a worktree has its own HEAD and shares the refs") {
    const Folder folder;
    folder.write("tree/.git", "gitdir: ../main/.git/worktrees/tree\n");
    folder.write("main/.git/worktrees/tree/HEAD", "ref: refs/heads/topic\n");
    folder.write("main/.git/worktrees/tree/commondir", "../..\n");
    folder.write("main/.git/HEAD", std::string(40, '9') + "\n");
    folder.write("main/.git/refs/heads/topic", kSha + "\n");
    check_commit(folder.path("tree"));
}

TEST_CASE("a submodule's git file leads into the outer repository") {
    const Folder folder;
    folder.write("sub/.git", "gitdir: ../.git/modules/sub\n");
    folder.write(".git/modules/sub/HEAD", kSha + "\n");
    check_commit(folder.path("sub"));
}

TEST_CASE("a folder without a repository has no commit") {
    const Folder folder;
    const auto commit = checked_out_commit(folder.path());
    REQUIRE(commit);
    CHECK_FALSE(*commit);
    CHECK(checked_out_commit(folder.path("missing")));
}

TEST_CASE("a repository that does not say its commit is unknown, with the reason") {
    const Folder folder;
    SECTION("no commit yet") {
        folder.write(".git/HEAD", "ref: refs/heads/main\n");
        check_unknown(folder.path(), "'refs/heads/main' has no commit yet");
    }
    SECTION("reftable") {
        folder.write(".git/HEAD", "ref: refs/heads/.invalid\n");
        std::filesystem::create_directories(folder.path(".git/reftable"));
        check_unknown(folder.path(), "reftable");
    }
    SECTION("a worktree of a repository that the container cannot see") {
        folder.write(".git", "gitdir: /home/runner/elsewhere/.git/worktrees/x\n");
        check_unknown(folder.path(), "not visible here");
    }
    SECTION("symbolic refs in a circle") {
        folder.write(".git/HEAD", "ref: refs/heads/a\n");
        folder.write(".git/refs/heads/a", "ref: refs/heads/a\n");
        check_unknown(folder.path(), "point at each other");
    }
    SECTION("an abbreviated or malformed commit") {
        folder.write(".git/HEAD", "0123456\n");
        check_unknown(folder.path(), "holds no commit");
    }
}

TEST_CASE("a hostile repository cannot make the reader leave its folder or wait") {
    const Folder folder;
    folder.write("secret", kSha + "\n");
    SECTION("a ref with a path out of refs") {
        for (const std::string ref : {"refs/../../secret", "refs/heads/../../../secret", "/etc/passwd",
                                      "secret", "refs//x", "refs/heads/a b", "refs/heads/.."}) {
            folder.write(".git/HEAD", "ref: " + ref + "\n");
            CAPTURE(ref);
            check_unknown(folder.path(), "is not a ref");
        }
    }
    SECTION("a ref that is a symbolic link") {
        folder.write(".git/HEAD", "ref: refs/heads/x\n");
        std::filesystem::create_directories(folder.path(".git/refs/heads"));
        std::filesystem::create_symlink(folder.path("secret"), folder.path(".git/refs/heads/x"));
        check_unknown(folder.path(), "symbolic link");
    }
    SECTION("a folder on the way to a ref, or a file that refs are read from, that is a symbolic link") {
        folder.write("elsewhere/heads/x", kSha + "\n");
        folder.write("elsewhere/x", kSha + "\n");
        folder.write("packed", kSha + " refs/heads/x\n");
        folder.write(".git/HEAD", "ref: refs/heads/x\n");
        const auto [name, target] =
            GENERATE(table<std::string, std::string>({{"refs", "../elsewhere"},
                                                      {"refs/heads", "../../elsewhere"},
                                                      {"refs/heads", "/nothing"},
                                                      {"packed-refs", "../packed"},
                                                      {"commondir", "../packed"}}));
        CAPTURE(name, target);
        std::filesystem::create_directories(std::filesystem::path(folder.path(".git/" + name)).parent_path());
        std::filesystem::create_symlink(target, folder.path(".git/" + name));
        check_unknown(folder.path(), "symbolic link");
    }
    SECTION("content that is no commit is quoted nowhere") {
        folder.write(".git/HEAD", GENERATE("hunter2", "ref: hunter2", "ref: refs/heads/hunter2 x"));
        const auto commit = checked_out_commit(folder.path());
        REQUIRE_FALSE(commit);
        CHECK_FALSE(text::to_string(commit.error()).contains("hunter2"));
    }
    SECTION("a HEAD that is a FIFO") {
        std::filesystem::create_directories(folder.path(".git"));
        REQUIRE(::mkfifo(folder.path(".git/HEAD").c_str(), 0600) == 0);
        check_unknown(folder.path(), "not a regular file");
    }
    SECTION("a HEAD that never ends") {
        folder.write(".git/HEAD", std::string(100000, 'a'));
        check_unknown(folder.path(), "larger than");
    }
}

TEST_CASE("the checkout that holds a folder is the nearest one, within the folders that the runner shares") {
    const Folder folder;
    folder.write("ws/.git/HEAD", kSha);
    folder.write("ws/pr/.git/HEAD", kSha);
    folder.write("ws/pr/app/x", "");
    folder.write("ws/pr/sub/.git", "gitdir: ../.git/modules/sub\n");
    folder.write("ws/pr/sub/deep/x", "");
    folder.write("ws/ci/x", "");
    folder.write("temp/x/y", "");
    folder.write("temp/clone/.git/HEAD", kSha);
    folder.write("outside/x", "");
    folder.write(".git/HEAD", kSha);
    std::filesystem::create_directory_symlink("pr/app", folder.path("ws/linked"));
    std::filesystem::create_directory_symlink("../outside", folder.path("ws/out"));
    const std::vector<std::string> roots{folder.path("ws"), folder.path("temp"), "", folder.path("missing")};
    const auto holding = [&](const std::string& name) -> std::string {
        const auto found = actions::checkout_holding(folder.path(name), roots);
        return found ? std::filesystem::path(*found)
                           .lexically_relative(std::filesystem::canonical(folder.path()))
                           .string()
                     : std::string();
    };
    CHECK(holding("ws") == "ws");
    CHECK(holding("ws/ci") == "ws");
    CHECK(holding("ws/pr") == "ws/pr");
    CHECK(holding("ws/pr/app") == "ws/pr");
    CHECK(holding("ws/linked") == "ws/pr");
    CHECK(holding("ws/pr/sub/deep") == "ws/pr/sub");
    CHECK(holding("temp/clone") == "temp/clone");
    // What is above the shared folders is not looked at, and a link out of them leads to no checkout.
    CHECK(holding("temp/x/y") == "");
    CHECK(holding("ws/out") == "");
    CHECK(holding("ws/missing") == "");
}
