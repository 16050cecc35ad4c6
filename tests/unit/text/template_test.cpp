#include "text/template.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

using namespace pr_image;
using text::Template;

namespace {

/// Shows `{{yes}}` as "Y<&", `{{no}}` as "", `{{false}}` as "false" and anything else as its parts in
/// brackets.
Result<std::string> value(const Template::Expression& expression) {
    if (expression.name == "yes") return "Y<&";
    if (expression.name == "no") return "";
    if (expression.name == "false") return "false";
    std::string shown = "[" + expression.name;
    for (const Template::Argument& argument : expression.arguments)
        shown += fmt::format("{}{}", argument.quoted ? " '" : " ", argument.text);
    for (const auto& [name, argument] : expression.options)
        shown += fmt::format(" {}={}", name, argument.text);
    return shown + "]";
}

std::string rendered(std::string_view text) {
    const Result<Template> parsed = Template::parse(text);
    if (!parsed) return "refused";
    return parsed->render(value).value();
}

}  // namespace

TEST_CASE("expressions are put into the text, without HTML escapes") {
    const auto [given, shown] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"plain } text {", "plain } text {"},
        {"a{{yes}}b", "aY<&b"},
        {"{{ yes }}{{{yes}}}{{&yes}}", "Y<&Y<&Y<&"},
        {"{{date 'YYYY MM'}}", "[date 'YYYY MM]"},
        {R"({{date "it's" tz='Asia/Tokyo'}})", "[date 'it's tz=Asia/Tokyo]"},
        {"{{date YYYY-MM.DD}}", "[date YYYY-MM.DD]"},
        {"{{f 'a}}b'}}", "[f 'a}}b]"},
        {R"({{f 'it\'s'}})", "[f 'it's]"},
        {"a {{~yes~}} b", "aY<&b"},
        {"a{{! a note }}b{{!-- with }} in it --}}c", "abc"},
        {"a {{~! note ~}} b", "ab"},
        {R"(\{{yes}} {{yes}})", "{{yes}} Y<&"},
        {R"(\\{{yes}})", R"(\Y<&)"},
        {R"(a\b)", R"(a\b)"},
        {"{{#if yes}}a{{else}}b{{/if}}", "a"},
        {"{{#if no}}a{{else}}b{{/if}}", "b"},
        {"{{#if false}}a{{/if}}", ""},
        {"{{#unless no}}a{{yes}}{{/unless}}", "aY<&"},
        {"{{#if yes}}{{#if no}}a{{else}}b{{/if}}{{/if}}c", "bc"},
        {"{{#if yes}} a {{~else~}} b {{/if}}", " a"},
    }));
    CAPTURE(given);
    CHECK(rendered(given) == shown);
}

TEST_CASE("a template that is not understood is refused with the place") {
    const auto [given, shown] = GENERATE(table<std::string, std::string>({
        {"a{{branch", "'{{branch' does not close"},
        {"{{a}", "'{{a}' does not close"},
        {"{{{a}}", "'{{{a}}' does not close"},
        {"{{date 'YYYY}}", "'{{date 'YYYY}}' does not close"},
        {"{{}}", "'{{}}' has no name in it"},
        {"{{'a'}}", "has no name in it"},
        {"{{a 'b'c}}", "is not understood"},
        {"{{a b=}}", "has an option without a value"},
        {"{{a b=c d}}", "has a value behind an option"},
        {"{{a 'b'='c'}}", "has an option whose name is in quotes"},
        {"{{.Name}}{{a|b}}", "contains 'a|b'"},
        {"{{(a b)}}", "contains '(a'"},
        {"{{#each x}}{{/each}}", "is not a block that is known"},
        {"{{#if}}a{{/if}}", "is not a block that is known"},
        {"{{#if a}}b", "'{{#if}}' does not close"},
        {"{{#if a}}b{{/unless}}", "closes nothing that is open"},
        {"{{else}}", "closes nothing that is open"},
        {"{{#if a}}{{else}}{{else}}{{/if}}", "has two {{else}}"},
        {"{{! a note", "does not close"},
    }));
    CAPTURE(given);
    const Result<Template> parsed = Template::parse(given);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().why.contains(shown));
}

TEST_CASE("a template nested too deeply is refused") {
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "{{#if a}}";
    CHECK(rendered(deep) == "refused");
}

TEST_CASE("the expressions of a template are known before it is filled") {
    const Template parsed = *Template::parse("{{a}}{{#if b}}{{c}}{{else}}{{d 'x'}}{{/if}}");
    std::string names;
    for (const Template::Expression& expression : parsed.expressions())
        names += expression.name;
    CHECK(names == "abcd");
}

TEST_CASE("the first value that cannot be had ends the filling") {
    const Template parsed = *Template::parse("{{a}}{{b}}");
    const Result<std::string> shown =
        parsed.render([](const Template::Expression& expression) -> Result<std::string> {
            return text::fail(expression.name, "");
        });
    REQUIRE_FALSE(shown);
    CHECK(shown.error().what == "a");
}
