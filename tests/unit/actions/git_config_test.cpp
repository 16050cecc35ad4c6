#include "actions/git_config.hpp"

#include "support/child_process.hpp"
#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using actions::GitConfig;
using actions::GitVariable;
using actions::parse_git_config;
using test::Folder;

namespace {

using Variables = std::vector<GitVariable>;

/// Older releases of git print a blank for each tab or carriage return between words.
std::string with_blanks(std::string text) {
    std::ranges::replace_if(text, [](char c) { return c == '\t' || c == '\r'; }, ' ');
    return text;
}

/// As `git config --list -z` prints it.
std::string listed(const Variables& variables) {
    std::string list;
    for (const GitVariable& variable : variables) {
        list += variable.name;
        if (variable.value) list += "\n" + *variable.value;
        list += '\0';
    }
    return with_blanks(std::move(list));
}

struct Git {
    std::string printed;
    bool failed = false;
};

Git ask_git(const Folder& folder, const std::string& content) {
    folder.write("config", content);
    support::ChildOptions options;
    options.environment = {{"GIT_CONFIG_NOSYSTEM", "1"}, {"HOME", folder.path()}, {"LC_ALL", "C"}};
    const auto result = support::try_run(
        {"git", "config", "--list", "-z", "--no-includes", "--file", folder.path("config")}, options);
    return {.printed = with_blanks(result.out), .failed = result.exit_code != 0};
}

}  // namespace

TEST_CASE("a git configuration is read as git writes it") {
    const GitConfig config = parse_git_config(
        "[core]\n\trepositoryformatversion = 0\n\tbare\n"
        "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic abc\n"
        "[Section.Sub] Key=\"a # b\" ; a comment\n"
        "[url \"https://u:p\\\"@h\"] insteadOf = long \\\n  line\n");
    CHECK(config.malformed_line == 0);
    CHECK(config.variables == Variables{{"core.repositoryformatversion", "0"},
                                        {"core.bare", std::nullopt},
                                        {"http.https://github.com/.extraheader", "AUTHORIZATION: basic abc"},
                                        {"section.sub.key", "a # b"},
                                        {"url.https://u:p\"@h.insteadof", "long   line"}});
    CHECK(config.variables[2].key() == "extraheader");
    CHECK(config.variables[2].section() == "http");
}

TEST_CASE("where git stops with an error, so does the reader, and says the line") {
    const auto [content, line] = GENERATE(table<std::string, std::size_t>({
        {"[a]\nx = \"open\n", 2},
        {"[a\nx = 1\n", 1},
        {"[a]\nx = \\q\n", 2},
        {"[a]\nx\n1y = 2\n", 3},
        {"\xEF\xBB[a]\n", 1},
        {"[a \"b]\n", 1},
        {"[a \"b\" ]\n", 1},
        {"[a]\nx y = 1\n", 2},
        {"[a_b]\nx = 1\n", 1},
    }));
    CAPTURE(content);
    CHECK(parse_git_config(content).malformed_line == line);
}

TEST_CASE("the real git reads every configuration as the reader does") {
    const Folder folder;
    std::vector<std::string> contents{
        "",
        "\n\n",
        "[a]",
        "[a]x",
        "[a]x=",
        "[a]x=1",
        "[A]X=\"\"",
        "[a]\r\nx = 1\r\n",
        "[a]\r\nx = \"1\r\n",
        "[a]x=1\rb",
        "[a]x=\\\r\n  y",
        "\xEF\xBB\xBF[a]x=1",
        "\xEF\xBB[a]x=1",
        "[a \"B.c\"]x=1",
        "[a  \t\"B\\\\c\\d\"]x=1",
        "[a \"b\nc\"]x=1",
        "[a\"b\"]x=1",
        "[a.B.C]x=1",
        "[a.]x=1",
        "[a-b]x-y=1",
        "[a_b]x=1",
        "[a]x_y=1",
        "[a]x = a b   c  ; d",
        "[a]x = \"a ; b\"  # c",
        "[a]x = a\\tb\\nc\\\\d\\\"e\\bf",
        "[a]x = a\\",
        "[a]x = a\\\n\n",
        "[a]x = a # b \\\nc",
        "[a]x = \"a\\\n b\" c",
        "[a]x = a\"b\"c",
        "[a]x\n=1",
        "[a]x\t= 1",
        "x=1",
        "# c\n; d\n[a]x=1",
        "[a] # c\nx=1",
        "[a]x=1 [b]y=2",
        "[]x=1",
        "[\"a\"]x=1",
        "[include]path=/x",
        "[a]\f\nx=1",
        "[a]x=\v1\f",
        "\xFF",
        "[a]x=\xFF\xFE",
    };
    // And what nobody thought of.
    std::mt19937 random(20261128);
    const std::vector<std::string> pieces{"[",    "]",   "a",         "B",    "\"",   "\\", "\n", "\r\n",
                                          " ",    "\t",  "=",         "#",    ";",    ".",  "-",  "1",
                                          "http", "[a]", "[a \"b\"]", "x = ", "\\\n", "\r", "_"};
    for (int i = 0; i < 400; ++i) {
        std::string content = i % 2 == 0 ? "[a]" : "";
        const std::size_t length = random() % 14;
        for (std::size_t j = 0; j < length; ++j)
            content += pieces[random() % pieces.size()];
        contents.push_back(std::move(content));
    }
    for (const std::string& content : contents) {
        CAPTURE(content);
        const GitConfig config = parse_git_config(content);
        const Git git = ask_git(folder, content);
        CHECK((config.malformed_line != 0) == git.failed);
        if (!git.failed) CHECK(listed(config.variables) == git.printed);
    }
}
