#include "actions/git_credentials.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace pr_image;
using actions::CredentialSearch;
using actions::GitCredentials;
using test::Folder;

namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

const std::string kToken = "ghs_0123456789abcdefghijABCDEFGHIJ0123456";
/// As actions/checkout before v6 leaves it.
const std::string kHeader =
    "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzXzAxMjM=\n";
const std::string kClean =
    "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
    "[remote \"origin\"]\n\turl = https://github.com/acme/app\n\tfetch = "
    "+refs/heads/*:refs/remotes/origin/*\n";

/// A workspace, and a search in the folder of it that a build sees.
struct Fixture {
    Folder folder;

    Fixture() { make_repository("ws/.git"); }

    void make_repository(const std::string& name, const std::string& config = kClean) const {
        folder.write(name + "/HEAD", "ref: refs/heads/main\n");
        folder.write(name + "/config", config);
        fs::create_directories(folder.path(name + "/objects/pack"));
        fs::create_directories(folder.path(name + "/refs/heads"));
    }

    [[nodiscard]] GitCredentials search(const Strings& folders = {"ws"}, std::size_t entries = 20'000) const {
        CredentialSearch search{.folders = {}, .workspace = folder.path("ws"), .max_entries = entries};
        for (const std::string& name : folders)
            search.folders.push_back(folder.path(name));
        return find_git_credentials(search);
    }

    /// The files that were found, relative to the test's folder.
    [[nodiscard]] Strings found(const Strings& folders = {"ws"}) const {
        Strings names;
        for (const auto& file : search(folders).files)
            names.push_back(fs::path(file.path).lexically_relative(fs::canonical(folder.path())).string());
        std::ranges::sort(names);
        return names;
    }
};

}  // namespace

TEST_CASE("a checkout without credentials is none that holds any") {
    const Fixture fixture;
    fixture.folder.write("ws/.gitmodules",
                         "[submodule \"a\"]\n\tpath = a\n\turl = git@github.com:acme/a.git\n");
    fixture.folder.write("ws/src/config", "host = https://user:password@example.org\n");
    fixture.folder.write("ws/src/git.c", "https://user:password@example.org\n");
    const GitCredentials found = fixture.search();
    CHECK(found.files.empty());
    CHECK(found.unchecked.empty());
}

TEST_CASE("every spelling of a credential in a repository's configuration is found") {
    const std::string line = GENERATE(
        kHeader, "[http]\nextraHeader=Cookie: a=b\n", "[HTTP \"https://GitHub.com\"]\nExtraHeader = x\n",
        "[http] extraheader = \\\n  \"AUTHORIZATION: basic x\"\n",
        "[http]\nextraheader=\n[http \"https://github.com/\"]\n extraheader = x # y\n",
        "[remote \"origin\"]\nurl = https://x-access-token:ghs_1@github.com/acme/app\n",
        "[remote \"origin\"]\nurl = https://ghs_1@github.com/acme/app\n",
        "[remote \"origin\"]\npushurl = HTTPS://u:p@github.com/acme/app\n",
        "[remote \"origin\"]\nproxy = http://u:p@proxy:3128\n", "[http]\nproxy = u:p@proxy:3128\n",
        "[http \"https://github.com\"]\nproxy = socks5://u:p@proxy\n",
        "[url \"https://u:p@github.com/\"]\ninsteadOf = https://github.com/\n",
        "[url \"https://ghs_1@github.com/\"]\npushInsteadOf = git@github.com:\n",
        "[submodule \"a\"]\nurl = https://u:p@h/a\n", "[branch \"main\"]\nremote = https://u:p@h/a\n",
        "[credential \"https://u:p@h\"]\nhelper = cache\n",
        "[credential]\nhelper = \"!f() { echo username=x; echo password=hunter2; }; f\"\n",
        "[credential]\nhelper = \"!f() { echo password='hunter2'; }; f\"\n",
        "[sendemail]\nsmtpPass = hunter2\n", "[imap]\npass = hunter2\n", "[github]\ntoken = " + kToken + "\n",
        "[hub]\noauthtoken = hunter2\n", "[alias]\nx = \"!curl -H 'Authorization: Bearer x' h\"\n",
        "[lfs]\nurl = https://u:p@h/a\n", "[core]\nsshCommand = \"env TOKEN=" + kToken + " ssh\"\n");
    CAPTURE(line);
    const Fixture fixture;
    fixture.folder.write("ws/.git/config", kClean + line);
    CHECK(fixture.found() == Strings{"ws/.git/config"});
}

TEST_CASE("what only looks like a credential is none") {
    const std::string line = GENERATE(
        "[http]\nextraheader =\n", "#[http]\n#extraheader = x\n",
        "[remote \"o\"]\nurl = git@github.com:acme/app\n",
        "[remote \"o\"]\nurl = ssh://git@github.com/acme/app\n",
        "[remote \"o\"]\nurl = https://git@github.com/acme/app\n",
        "[remote \"o\"]\nurl = https://github.com/a@b\n",
        "[remote \"o\"]\nurl = https://github.com/acme/app?x=a@b\n", "[user]\nemail = mona@example.com\n",
        "[credential]\nhelper = store\n", "[credential]\nhelper = \"!f() { echo password=$TOKEN; }; f\"\n",
        "[credential]\nhelper = \"!f() { echo \\\"password=${TOKEN}\\\"; }; f\"\n",
        "[core]\naskPass = /bin/ask\n", "[http]\nproxy = proxy:3128\n", "[http]\nsslKey = /etc/key.pem\n",
        "[credential]\nhelper = store --file=/elsewhere/x\n");
    CAPTURE(line);
    const Fixture fixture;
    fixture.folder.write("ws/.git/config", kClean + line);
    CHECK(fixture.search().files.empty());
}

TEST_CASE("credentials are found wherever git keeps its settings in the build's folders") {
    const Fixture fixture;
    SECTION("a worktree's own settings") {
        fixture.folder.write("ws/.git/config.worktree", kHeader);
        fixture.folder.write("ws/.git/worktrees/x/config.worktree", kHeader);
        // Of a bare repository, whose folder may have any name.
        fixture.folder.write("ws/bare/worktrees/x/HEAD", "ref: refs/heads/main\n");
        fixture.folder.write("ws/bare/worktrees/x/commondir", "../..\n");
        fixture.folder.write("ws/bare/worktrees/x/config.worktree", kHeader);
        CHECK(fixture.found() == Strings{"ws/.git/config.worktree", "ws/.git/worktrees/x/config.worktree",
                                         "ws/bare/worktrees/x/config.worktree"});
    }
    SECTION("submodules of submodules, whatever their names") {
        fixture.make_repository("ws/.git/modules/a", kHeader);
        fixture.make_repository("ws/.git/modules/a/modules/b/refs", kHeader);
        fixture.make_repository("ws/.git/modules/objects", kHeader);
        CHECK(fixture.found() == Strings{"ws/.git/modules/a/config",
                                         "ws/.git/modules/a/modules/b/refs/config",
                                         "ws/.git/modules/objects/config"});
    }
    SECTION("a checkout in a subfolder, a bare repository, a repository that a .git file leads to") {
        fixture.make_repository("ws/deep/down/pr/.git", kHeader);
        fixture.make_repository("ws/mirror.git", kHeader);
        fixture.folder.write("ws/tree/.git", "gitdir: ../elsewhere\n");
        fixture.make_repository("ws/elsewhere", kHeader);
        CHECK(fixture.found() ==
              Strings{"ws/deep/down/pr/.git/config", "ws/elsewhere/config", "ws/mirror.git/config"});
    }
    SECTION("what a git that was killed left behind") {
        fixture.folder.write("ws/.git/config.lock", kHeader);
        CHECK(fixture.found() == Strings{"ws/.git/config.lock"});
    }
    SECTION("a user's settings and stores, when the home folder is in the workspace") {
        fixture.folder.write("ws/home/.gitconfig", kHeader);
        fixture.folder.write("ws/home/.config/git/config", kHeader);
        fixture.folder.write("ws/home/.config/git/credentials", "https://u:p@h\n");
        fixture.folder.write("ws/home/.git-credentials", "https://u:p@h\n");
        fixture.folder.write("ws/home/.netrc", "machine h login u password p\n");
        fixture.folder.write("ws/home/_netrc", "machine h\n  login u\n  password p\n");
        CHECK(fixture.found().size() == 6);
    }
    SECTION("the file of actions/checkout v6, when the runner's temporary folder is the context") {
        fixture.folder.write("temp/git-credentials-8a3f.config", kHeader);
        CHECK(fixture.found({"temp"}) == Strings{"temp/git-credentials-8a3f.config"});
    }
    SECTION("settings that are part of the commit") {
        fixture.folder.write("ws/.gitmodules", "[submodule \"a\"]\nurl = https://u:p@h/a\n");
        fixture.folder.write("ws/.lfsconfig", "[lfs]\nurl = https://u:p@h/a\n");
        CHECK(fixture.found() == Strings{"ws/.gitmodules", "ws/.lfsconfig"});
    }
    SECTION("remotes of the oldest kind") {
        fixture.folder.write("ws/.git/remotes/origin", "URL: https://u:p@h/a\n");
        fixture.folder.write("ws/.git/branches/origin", "https://u:p@h/a#main\n");
        CHECK(fixture.found() == Strings{"ws/.git/branches/origin", "ws/.git/remotes/origin"});
    }
    SECTION("empty stores hold nothing, and refs and objects are no settings") {
        fixture.folder.write("ws/.git-credentials", "\n");
        fixture.folder.write("ws/.netrc", "machine h\n");
        fixture.folder.write("ws/.git/refs/heads/config", "0123456789abcdef\n");
        fixture.folder.write("ws/.git/refs/remotes/origin/config", "[http]\nextraheader = x\n");
        CHECK(fixture.search().files.empty());
        CHECK(fixture.search().unchecked.empty());
    }
}

TEST_CASE("what a configuration includes is followed within the build's folders, and not out of them") {
    const Fixture fixture;
    const auto include = [&](const std::string& section, const std::string& path) {
        fixture.folder.write("ws/.git/config", kClean + section + "\n\tpath = " + path + "\n");
    };
    fixture.folder.write("ws/.git/more", kHeader);
    fixture.folder.write("ws/more", kHeader);
    fixture.folder.write("temp/git-credentials-1.config", kHeader);
    const std::string section = GENERATE("[include]", "[includeIf \"gitdir:/github/workspace/.git\"]",
                                         "[INCLUDEIF \"onbranch:main\"]");
    CAPTURE(section);
    include(section, "more");
    CHECK(fixture.found() == Strings{"ws/.git/more"});
    include(section, "../more");
    CHECK(fixture.found() == Strings{"ws/more"});
    include(section, fixture.folder.path("ws/more"));
    CHECK(fixture.found() == Strings{"ws/more"});
    // As the runner's host sees it: the workspace is /github/workspace in here.
    include(section, "/home/runner/work/app/app/more");
    CHECK(fixture.found() == Strings{"ws/more"});
    include(section, "~/work/app/app/.git/more");
    CHECK(fixture.found() == Strings{"ws/.git/more"});
    // actions/checkout v6 keeps the token in the runner's temporary folder, which no build sees.
    include(section, fixture.folder.path("temp/git-credentials-1.config"));
    CHECK(fixture.found().empty());
    include(section, "../../temp/git-credentials-1.config");
    CHECK(fixture.found().empty());
    CHECK(fixture.found({"ws", "temp"}) == Strings{"temp/git-credentials-1.config"});
    include(section, "missing");
    CHECK(fixture.search().unchecked.empty());
}

TEST_CASE("includes of includes have an end") {
    const Fixture fixture;
    fixture.folder.write("ws/.git/config", "[include]path=a\n[include]path=config\n");
    fixture.folder.write("ws/.git/a", "[include]path=b\n[include]path=../.git/a\n");
    fixture.folder.write("ws/.git/b", "[include]path=../deep\n");
    fixture.folder.write("ws/deep", kHeader);
    CHECK(fixture.found() == Strings{"ws/deep"});
    for (int i = 0; i < 20; ++i)
        fixture.folder.write("ws/.git/b" + std::string(static_cast<std::size_t>(i), 'b'),
                             "[include]path=b" + std::string(static_cast<std::size_t>(i) + 1, 'b') + "\n");
    CHECK(fixture.search().unchecked.contains("nested too deeply"));
}

TEST_CASE("files of passwords, cookies and keys that git is pointed to are found") {
    const Fixture fixture;
    const auto [line, file] = GENERATE(table<std::string, std::string>({
        {"[credential]\nhelper = store --file=../x\n", "ws/x"},
        {"[credential]\nhelper = store --file ../x\n", "ws/x"},
        {"[credential]\nhelper = \"store --file='../x'\"\n", "ws/x"},
        {"[credential \"https://h\"]\nhelper = \"!git credential-store --file=../x\"\n", "ws/x"},
        {"[credential]\nhelper = /usr/lib/git-core/git-credential-store --file /home/runner/work/a/a/x\n",
         "ws/x"},
        {"[http]\ncookieFile = ../x\n", "ws/x"},
        {"[http \"https://h\"]\ncookiefile = /home/runner/work/a/a/x\n", "ws/x"},
        {"[http]\nsslKey = ../x\n", "ws/x"},
        {"[http]\nproxySSLKey = ../x\n", "ws/x"},
    }));
    CAPTURE(line);
    fixture.folder.write("ws/.git/config", kClean + line);
    CHECK(fixture.search().files.empty());
    fixture.folder.write("ws/x", "");
    CHECK(fixture.search().files.empty());
    fixture.folder.write("ws/x", "https://u:p@h\n");
    CHECK(fixture.found() == Strings{file});
}

TEST_CASE("only the build's folders count, each through its own link if it is one") {
    const Fixture fixture;
    fixture.folder.write("ws/.git/config", kHeader);
    fixture.folder.write("ws/app/Dockerfile", "FROM scratch\n");
    fs::create_directory_symlink(".", fixture.folder.path("ws/app/up"));
    fs::create_directory_symlink("../.git", fixture.folder.path("ws/app/git"));
    fs::create_symlink("../.git/config", fixture.folder.path("ws/app/.gitconfig"));
    CHECK(fixture.found({"ws/app"}).empty());
    CHECK(fixture.found({"ws/app", "ws"}) == Strings{"ws/.git/config"});
    fs::create_directory_symlink(".", fixture.folder.path("ws/all"));
    CHECK(fixture.found({"ws/all"}) == Strings{"ws/.git/config"});
}

TEST_CASE("what cannot be looked at is said, and never quoted") {
    const Fixture fixture;
    SECTION("a configuration that git cannot read") {
        fixture.folder.write("ws/.git/config", "[http]\n extraheader = \"hunter2\n");
        CHECK(fixture.search().unchecked.ends_with("ws/.git/config: git cannot read its line 2"));
    }
    SECTION("a configuration that is too large") {
        fixture.folder.write("ws/.git/config", std::string(2'000'000, '#'));
        CHECK(fixture.search().unchecked.contains("larger than"));
    }
    SECTION("more files than the search may look at") {
        for (int i = 0; i < 50; ++i)
            fixture.folder.write("ws/many/" + std::to_string(i), "");
        CHECK(fixture.search({"ws"}, 40).unchecked.contains("too many files"));
        CHECK(fixture.search({"ws"}, 200).unchecked.empty());
    }
    SECTION("a folder that is not there") {
        CHECK_FALSE(fixture.search({"missing"}).unchecked.empty());
    }
    SECTION("names that nobody should print") {
        fixture.make_repository("ws/\033[31m\nx.git", kHeader + "[a\n");
        CHECK_FALSE(fixture.search().unchecked.contains('\n'));
        CHECK(fixture.search().files.size() == 1);
    }
    SECTION("more files than anybody reads of") {
        for (int i = 0; i < 40; ++i)
            fixture.make_repository("ws/r" + std::to_string(i) + ".git", kHeader);
        CHECK(fixture.search().files.size() == 20);
    }
    SECTION("what is found holds nothing of the file") {
        fixture.folder.write("ws/.git/config", "[url \"https://hunter2@h\"]\ninsteadOf = x\n");
        CHECK_FALSE(fixture.search().files.at(0).holds.contains("hunter2"));
    }
}

TEST_CASE("the repository's own settings are looked at before a fork's many files") {
    const Fixture fixture;
    fixture.folder.write("ws/.git/config", kHeader);
    for (int i = 0; i < 100; ++i)
        fixture.folder.write("ws/a" + std::to_string(i) + "/x", "");
    CHECK(fixture.search({"ws"}, 120).files.size() == 1);
}
