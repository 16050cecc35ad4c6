#include "actions/command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image::actions;

TEST_CASE("a command's data and properties are escaped as the runner undoes it") {
    CHECK(workflow_command("notice", {}, "100%\r\ndone") == "::notice::100%25%0D%0Adone");
    CHECK(workflow_command("error", {{"title", "a: b, c%\n"}, {"file", ""}, {"line", "3"}}, "x::y") ==
          "::error title=a%3A b%2C c%25%0A,line=3::x::y");
    CHECK(workflow_command("endgroup", {}, "") == "::endgroup::");
}

namespace {

/// What the runner finds first: it trims and looks for `::`, and it looks for `##[` anywhere, in both cases
/// as if characters that its culture ignores were not there.
bool acts_as_command(const std::string& line) {
    std::string seen;
    for (const char c : line) {
        if (c >= ' ' && c <= '~') seen += c;
    }
    const std::size_t start = seen.find_first_not_of(' ');
    return seen.find("##[") != std::string::npos ||
           (start != std::string::npos && seen.compare(start, 2, "::") == 0);
}

}  // namespace

TEST_CASE("no ordinary line can be read as a command, whatever it holds") {
    const std::vector<std::string> hostile{
        "::set-output name=x::y",
        "  \t ::error::x",
        "\xC2\xA0::error::x",
        "\xE2\x80\x8B::error::x",
        ":\xE2\x80\x8B:error::x",
        "text ##[set-output name=digest]sha256:evil",
        "#\xE2\x80\x8D#[error]x",
        "##\xEF\xBB\xBF[error]x",
        "###[error]x",
        "##[##[error]x",
        "\x1b[0m::add-mask::x",
        "\x01::x::",
        "\xFF::x::",
        std::string("\0::x::", 6),
        "\x7F::x::",
    };
    for (const std::string& line : hostile) {
        CAPTURE(line);
        CHECK_FALSE(acts_as_command(inert_line(line)));
    }
    CHECK(acts_as_command("  ::error::x"));
    CHECK(acts_as_command("a ##[error]x"));
}

TEST_CASE("an ordinary line stays as it is") {
    for (const std::string line :
         {"std::string a::b", "# [x]", "## [x]", "a: b :: c", "grün\t€", ": :x", "# #[x"}) {
        CHECK(inert_line(line) == line);
    }
    CHECK(inert_line("a\x1b[31mb") == "a\\x1b[31mb");
}

TEST_CASE("lines end where the runner ends them") {
    using Lines = std::vector<std::string_view>;
    CHECK(runner_lines("a\nb\r\nc\rd") == Lines{"a", "b", "c", "d"});
    CHECK(runner_lines("a\n") == Lines{"a"});
    CHECK(runner_lines("a\n\n") == Lines{"a", ""});
    CHECK(runner_lines("") == Lines{""});
}
