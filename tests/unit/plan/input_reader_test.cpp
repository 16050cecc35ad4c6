#include "plan/input_reader.hpp"

#include "support/text_paths.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;

namespace {

const support::TextPaths kPaths("/github/workspace");

enum class Colour { red, green };
constexpr std::array<std::pair<std::string_view, Colour>, 2> kColours{
    {{"red", Colour::red}, {"green", Colour::green}}};

}  // namespace

TEST_CASE("text is trimmed, and a blank value is an absent one") {
    const InputMap raw{{"a", "  x y \n"}, {"blank", " \n\t"}};
    const InputReader read(raw, kPaths);
    CHECK(read.text("a") == "x y");
    CHECK(read.text("a", "z") == "x y");
    CHECK(read.text("blank", "z") == "z");
    CHECK(read.text("absent", "z") == "z");
    CHECK(read.text("absent").empty());
}

TEST_CASE("a boolean is one of YAML's core schema") {
    const auto [given, value] = GENERATE(table<std::string, bool>({{"true", true},
                                                                   {"True", true},
                                                                   {" TRUE ", true},
                                                                   {"false", false},
                                                                   {"False", false},
                                                                   {"FALSE", false}}));
    CAPTURE(given);
    const InputMap raw{{"a", given}};
    InputReader read(raw, kPaths);
    CHECK(read.boolean("a", !value) == value);
    CHECK_FALSE(read.error());
}

TEST_CASE("a boolean that is blank has its default, and anything else is refused") {
    const InputMap blank{{"a", ""}};
    InputReader read_blank(blank, kPaths);
    CHECK(read_blank.boolean("a", true));
    CHECK_FALSE(read_blank.boolean("a", false));
    CHECK_FALSE(read_blank.error());

    const std::string bad = GENERATE("yes", "no", "1", "0", "on", "tRUE", "true false");
    const InputMap raw{{"a", bad}};
    InputReader read(raw, kPaths);
    read.boolean("a", true);
    REQUIRE(read.error());
    CHECK(read.error()->what == "Invalid input 'a'");
    CHECK(read.error()->why.contains(bad));
}

TEST_CASE("a choice is exactly one of its names, the first by default") {
    const InputMap raw{{"a", " green "}, {"bad", "Green"}};
    InputReader read(raw, kPaths);
    CHECK(read.choice("a", kColours) == Colour::green);
    CHECK(read.choice("absent", kColours) == Colour::red);
    CHECK_FALSE(read.error());
    CHECK(read.choice("bad", kColours) == Colour::red);
    REQUIRE(read.error());
    CHECK(text::to_string(*read.error()) ==
          "Invalid input 'bad': 'Green' is not known. Use one of: red, green.");
}

TEST_CASE("a list that cannot be read is refused under its name") {
    const InputMap raw{{"a", "x\n\"y"}};
    InputReader read(raw, kPaths);
    CHECK(read.list("absent", text::Commas::keep).empty());
    CHECK(read.list("a", text::Commas::keep).empty());
    REQUIRE(read.error());
    CHECK(read.error()->what == "Invalid input 'a'");
}

TEST_CASE("the first thing that is wrong is the one that is told") {
    const InputMap raw;
    InputReader read(raw, kPaths);
    read.refuse("first", "why", "fix");
    read.refuse("second", "why");
    CHECK(read.take("third", Result<int>(text::fail("what", "why"))) == std::nullopt);
    CHECK(read.take("fourth", Result<int>(4)) == 4);
    CHECK(read.error() == Error{"Invalid input 'first'", "why", "fix"});
}

TEST_CASE("a parse's own advice is kept unless the input has a better one") {
    const InputMap raw;
    InputReader own(raw, kPaths);
    own.take("a", Result<int>(text::fail("what", "why", "parse's advice")));
    CHECK(own.error() == Error{"Invalid input 'a'", "why", "parse's advice"});
    InputReader better(raw, kPaths);
    better.take("a", Result<int>(text::fail("what", "why", "parse's advice")), "input's advice");
    CHECK(better.error() == Error{"Invalid input 'a'", "why", "input's advice"});
}

TEST_CASE("a path is opened under its input's name, and what is wrong with it is kept") {
    const InputMap raw;
    InputReader read(raw, kPaths);
    const std::optional<WorkspacePath> path = read.path("file", "app/Dockerfile", PathUse::dockerfile);
    REQUIRE(path);
    CHECK(path->string() == "/github/workspace/app/Dockerfile");
    CHECK(path->use() == PathUse::dockerfile);
    CHECK_FALSE(read.error());
    CHECK_FALSE(read.path("file", "../Dockerfile", PathUse::dockerfile));
    REQUIRE(read.error());
    CHECK(read.error()->what == "Invalid input 'file'");
    CHECK_FALSE(read.error()->fix.empty());
}
