#include "plan/names/metadata/expressions.hpp"

#include "unit/plan/names/metadata/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan::metadata;

namespace {

std::string shown(std::string_view text, const Context& context) {
    const Result<text::Template> parsed = parse_template(text, Names::global);
    if (!parsed) return text::to_string(parsed.error());
    const Result<std::string> rendered = render(*parsed, context);
    return rendered ? *rendered : text::to_string(rendered.error());
}

}  // namespace

TEST_CASE("global expressions say what the run is about") {
    const auto [event, ref, all] = GENERATE(table<std::string, std::string, std::string>({
        {"push", "refs/heads/main", "main||860c190||true|false"},
        {"push", "refs/heads/a/b&c", "a/b&c||860c190||false|true"},
        {"push", "refs/tags/v1.2.3", "|v1.2.3|860c190|trunk|false|true"},
        {"pull_request", "refs/pull/7/merge", "||860c190|trunk|false|true"},
        {"schedule", "refs/heads/dev", "dev||860c190||true|false"},
        {"create", "refs/tags/v1", "|v1|860c190|trunk|true|false"},
        {"issues", "refs/heads/x", "x||860c190||true|false"},
        {"push", "", "||860c190||false|true"},
    }));
    CAPTURE(event, ref);
    CHECK(shown("{{branch}}|{{tag}}|{{sha}}|{{base_ref}}|{{is_default_branch}}|{{is_not_default_branch}}",
                examples::context(event, ref)) == all);
}

TEST_CASE("dates are in UTC unless a zone is named, in any case") {
    const Context context = examples::context("push", "refs/heads/main");
    const auto [given, date] = GENERATE(table<std::string, std::string>({
        {"{{date 'YYYYMMDD-HHmmss'}}", "20200110-003000"},
        {"{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}", "20200110-093000"},
        {"{{date 'HHmm' tz='asia/TOKYO'}}", "0930"},
        {"{{date 'HHmm' tz='Etc/UTC'}}", "0030"},
        {"{{commit_date 'YYYY-MM-DD'}}", "2019-12-31"},
        {"{{commit_date 'YYYY-MM-DD' tz=\"Asia/Tokyo\"}}", "2020-01-01"},
        {"{{date YYYY-MM-DD-HHmmSS}}", "2020-01-10T00:30:00Z"},
    }));
    CAPTURE(given);
    CHECK(shown(given, context) == date);
}

TEST_CASE("the short SHA is as long as asked for") {
    Context context = examples::context("push", "refs/heads/main");
    context.short_sha_length = 12;
    CHECK(shown("{{sha}}", context) == "860c1904a1ce");
    context.short_sha_length = 99;
    CHECK(shown("{{sha}}", context) == context.sha);
}

TEST_CASE("an expression that is not known, or not used as it is meant, is refused") {
    const auto [given, why] = GENERATE(table<std::string, std::string>({
        {"{{version}}", "{{version}} is not known here. Use {{branch}}, {{tag}}, {{sha}}"},
        {"{{brunch}}", "{{brunch}} is not known here"},
        {"{{#if brunch}}{{/if}}", "{{brunch}} is not known here"},
        {"{{branch 'x'}}", "{{branch}} takes no arguments"},
        {"{{sha length='9'}}", "{{sha}} takes no arguments"},
        {"{{date}}", "{{date}} needs one format"},
        {"{{date 'YYYY' 'MM'}}", "{{date}} needs one format"},
        {"{{date 'YYYY' zone='UTC'}}", "{{date}} has the option 'zone=UTC'"},
        {"{{date 'YYYY' tz=UTC}}", "{{date}} has the option 'tz=UTC'"},
        {"{{branch", "'{{branch' does not close"},
    }));
    CAPTURE(given);
    CHECK(shown(given, examples::context("push", "refs/heads/main")).starts_with("Invalid template: " + why));
}

TEST_CASE("a time zone that does not exist is an error") {
    CHECK(shown("{{date 'YYYY' tz='Mars/Olympus'}}", examples::context("push", "refs/heads/main"))
              .starts_with("Unknown time zone: 'Mars/Olympus' is not in the IANA database"));
}

TEST_CASE("a template says which zones it needs and whether it needs the commit's date") {
    const text::Template parsed = *parse_template(
        "{{date 'Y' tz='Asia/Tokyo'}}{{#if tag}}{{date 'Y' tz='Europe/Berlin'}}{{/if}}{{date 'Y' tz='utc'}}",
        Names::global);
    CHECK(time_zones(parsed) == std::vector<std::string>{"Asia/Tokyo", "Europe/Berlin"});
    CHECK_FALSE(needs_commit_date(parsed));
    CHECK(needs_commit_date(*parse_template("{{commit_date 'Y'}}", Names::dates)));
}
