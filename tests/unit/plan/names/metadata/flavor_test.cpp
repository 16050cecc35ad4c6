#include "plan/names/metadata/flavor.hpp"

#include "plan/names/metadata/expressions.hpp"
#include "unit/plan/names/metadata/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

using namespace pr_image;
using namespace pr_image::plan::metadata;

namespace {

std::string shown(std::string_view input) {
    const Result<Flavor> flavor = parse_flavor(input);
    if (!flavor) return text::to_string(flavor.error());
    const Context context = examples::context("push", "refs/heads/main");
    return fmt::format("{} {}{} {}{}", render(flavor->latest, context).value(),
                       render(flavor->prefix, context).value(), flavor->prefix_on_latest ? "!" : "",
                       render(flavor->suffix, context).value(), flavor->suffix_on_latest ? "!" : "");
}

}  // namespace

TEST_CASE("flavor sets latest, prefix and suffix, the last word counting") {
    const auto [given, flavor] = GENERATE(table<std::string, std::string>({
        {"", "auto  "},
        {"latest=true", "true  "},
        {"latest=false\nprefix=dev-\nsuffix=-alpine", "false dev- -alpine"},
        {"latest=auto,prefix=a-,suffix=-z", "auto a- -z"},
        {"prefix=dev-,onlatest=true", "auto dev-! "},
        {"prefix=dev-,onlatest=true\nsuffix=-alpine,onlatest=true", "auto dev-! -alpine!"},
        {"prefix=a-,onlatest=false,suffix=-z,onlatest=true", "auto a- -z!"},
        {"prefix= ", "auto  "},
        {"# note\nprefix=v#1", "auto v#1 "},
        {"prefix=a=b", "auto a=b "},
        {"latest=false\nlatest=true", "true  "},
        {"latest={{is_default_branch}}\nprefix={{branch}}-", "true main- "},
    }));
    CAPTURE(given);
    CHECK(shown(given) == flavor);
}

TEST_CASE("a flavor line that is wrong is refused with what is allowed") {
    const auto [given, why] = GENERATE(table<std::string, std::string>({
        {"randomstr\nlatest=auto", "line 1, 'randomstr': it is not key=value. Use latest=, prefix=, suffix="},
        {"latest=auto\nunknown=foo", "line 2, 'unknown=foo': 'unknown' is not known. Use latest="},
        {"latest=foo", "line 1, 'latest=foo': latest is 'foo'. Use auto, true or false."},
        {"prefix=x,onlatest=yes", "line 1, 'prefix=x,onlatest=yes': onlatest is neither true nor false"},
        {"onlatest=true", "line 1, 'onlatest=true': onlatest belongs behind prefix= or suffix="},
        {"prefix={{branch", "line 1, 'prefix={{branch': '{{branch' does not close"},
        {"prefix={{version}}", "line 1, 'prefix={{version}}': {{version}} is not known here"},
    }));
    CAPTURE(given);
    CHECK(shown(given).starts_with("Invalid input 'flavor': " + why));
}
