#include "fuzz/target.hpp"
#include "text/javascript_pattern.hpp"
#include "text/regex.hpp"
#include "text/template.hpp"

#include <string>

namespace pr_image::fuzz {
namespace {

// A pattern, its flags and a subject: the search ends, and what it finds is in the subject.
void try_regex(std::string_view input) {
    const std::string_view pattern = take_field(input);
    const std::string_view flags = take_field(input);
    any_result(text::pcre_pattern(pattern, false));
    const auto regex = text::Regex::compile(pattern, flags);
    if (!regex) return;
    const auto match = regex->match(input);
    if (!match || !*match) return;
    for (const auto& group : **match)
        if (group) require(input.contains(*group));
}

// A template without an expression is its own text, but for escaped braces; one with some shows their values.
void try_templates(std::string_view input) {
    try_regex(input);
    const auto parsed = text::Template::parse(input);
    if (!parsed) return;
    const auto expressions = parsed->expressions();
    std::size_t asked = 0;
    const auto values = [&](const text::Template::Expression& expression) -> Result<std::string> {
        require(!expression.name.empty());
        ++asked;
        return std::string("v");
    };
    const auto rendered = parsed->render(values);
    require(rendered.has_value() && asked <= expressions.size());
    if (expressions.empty() && !input.contains("{{")) require(*rendered == input);
    require(rendered->size() <= input.size());
}

const Registered templates("templates", try_templates);

}  // namespace
}  // namespace pr_image::fuzz
