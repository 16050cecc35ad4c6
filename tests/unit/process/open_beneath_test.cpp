#include "process/open_beneath.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pr_image;
using namespace pr_image::process;

namespace {

/// A folder with a file and a link of each kind.
struct Tree {
    test::Folder outside;
    test::Folder folder;
    Descriptor open;

    Tree() {
        namespace fs = std::filesystem;
        outside.write("secret", "secret");
        folder.write("a/b/file", "text");
        fs::create_symlink("b/file", folder.path("a/link"));
        fs::create_directory_symlink("a", folder.path("inside"));
        fs::create_directory_symlink(outside.path(), folder.path("outside"));
        fs::create_symlink("nothing", folder.path("dangling"));
        fs::create_symlink(folder.path("a/b/file"), folder.path("absolute"));
        open = Descriptor(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    [[nodiscard]] int error(const std::string& path, OpenMethod method, int flags = O_PATH) const {
        const auto opened = open_beneath(open.get(), path, flags, method);
        return opened ? 0 : opened.error();
    }
};

/// Runs `act` in a process in which openat2(2) fails with `reason`, as under a sandbox that does not know it.
template <typename Act>
bool holds_without_openat2(int reason, Act act) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::array<sock_filter, 4> rules{
            sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
            sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
            sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(reason)),
            sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
        const sock_fprog program{rules.size(), rules.data()};
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        const bool sandboxed = ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
        errno = 0;
        const bool fails = ::syscall(SYS_openat2, -1, "x", nullptr, std::size_t{0}) < 0 && errno == reason;
        ::_exit(sandboxed && fails && act() ? 0 : 1);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a path beneath a folder opens through no link, whichever way it is opened") {
    const Tree tree;
    const auto method = GENERATE(OpenMethod::automatic, OpenMethod::walk);
    const auto [path, reason] = GENERATE(table<std::string, int>({{".", 0},
                                                                  {"a", 0},
                                                                  {"a/b/file", 0},
                                                                  {"a//b/./file", 0},
                                                                  {"a/link", ELOOP},
                                                                  {"inside", ELOOP},
                                                                  {"inside/b/file", ELOOP},
                                                                  {"outside", ELOOP},
                                                                  {"outside/secret", ELOOP},
                                                                  {"dangling", ELOOP},
                                                                  {"absolute", ELOOP},
                                                                  {"..", EXDEV},
                                                                  {"/etc/passwd", EXDEV},
                                                                  {"missing", ENOENT},
                                                                  {"missing/file", ENOENT},
                                                                  {"a/b/file/x", ENOTDIR}}));
    CAPTURE(path);
    CHECK(tree.error(path, method) == reason);
    CHECK(tree.error(path, method, O_RDONLY | O_NONBLOCK) == reason);
}

TEST_CASE("what is opened is the file itself, and closed in programs that are started") {
    const Tree tree;
    const auto method = GENERATE(OpenMethod::automatic, OpenMethod::walk);
    const auto file = open_beneath(tree.open.get(), "a/b/file", O_RDONLY, method);
    REQUIRE(file);
    std::string content(8, ' ');
    CHECK(::read(file->get(), content.data(), content.size()) == 4);
    CHECK(content.starts_with("text"));
    CHECK((::fcntl(file->get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a kernel without openat2, and a sandbox that refuses it, open the same paths") {
    const Tree tree;
    const int reason = GENERATE(ENOSYS, EPERM);
    CAPTURE(reason);
    CHECK(holds_without_openat2(reason, [&] {
        const auto error = [&](const std::string& path) { return tree.error(path, OpenMethod::automatic); };
        return error("a/b/file") == 0 && error("a/link") == ELOOP && error("outside/secret") == ELOOP &&
               error("missing") == ENOENT;
    }));
}
