#include "plan/names/metadata/rule.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

using namespace pr_image;
using namespace pr_image::plan::metadata;

namespace {

std::string refusal(std::string_view input) {
    const Result<std::vector<Rule>> rules = parse_rules(input);
    return rules ? "accepted" : text::to_string(rules.error());
}

}  // namespace

TEST_CASE("every type has its default priority, and the highest comes first") {
    const Result<std::vector<Rule>> rules = parse_rules(
        "type=sha\nfoo\ntype=ref,event=branch\ntype=edge\ntype=match,pattern=x\ntype=pep440,pattern={{raw}}\n"
        "type=semver,pattern={{raw}}\ntype=schedule\ntype=raw,bar,priority=+650.5\ntype=raw,baz,priority=-1");
    REQUIRE(rules);
    std::string order;
    for (const Rule& rule : *rules)
        order += fmt::format("{}:{} ", rule.record.line, rule.priority);
    // Equal priorities keep the order of the input.
    CHECK(order == "8:1000 6:900 7:900 5:800 4:700 9:650.5 3:600 2:200 1:100 10:-1 ");
}

TEST_CASE("attributes of every type are read, keys in any case") {
    const std::string given = GENERATE(
        "type=schedule", "type=schedule,pattern=nightly",
        "type=semver,pattern={{version}},value=v1.0.0,match=v(.*)",
        "type=pep440,pattern={{major}}.{{minor}},value=,match=",
        "type=match,pattern=v(.*),group=1,value=v1.2.3", "type=match,pattern=/v/ig", "type=edge,branch=main",
        "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr,prefix=", "type=raw,value=x",
        "type=raw,x", "x", "type=sha,format=long", "TYPE=sha,Format=short",
        "type=raw,value=x,enable={{is_default_branch}},priority=1,prefix=a,suffix=b,latest=true", "# note",
        "");
    CAPTURE(given);
    CHECK(refusal(given) == "accepted");
}

TEST_CASE("a rule that is wrong is refused with its line and what is allowed") {
    const auto [given, why] = GENERATE(table<std::string, std::string>({
        {"a\n\ntype=foo",
         "line 3, 'type=foo': the type 'foo' is not known. Use one of: schedule, semver, pep440, "
         "match, edge, ref, raw, sha."},
        {"type=", "line 1, 'type=': the type '' is not known"},
        {"type=sha,lenght=9",
         "line 1, 'type=sha,lenght=9': type=sha has no attribute 'lenght'. It has: format, "
         "enable, priority, prefix, suffix, latest."},
        {"type=ref,event=branch,branch=main",
         "line 1, 'type=ref,event=branch,branch=main': type=ref has no attribute"},
        {"type=edge,main", "line 1, 'type=edge,main': type=edge takes no bare value 'main'"},
        {"type=raw,value=a,priority=1,priority=2",
         "line 1, 'type=raw,value=a,priority=1,priority=2': the attribute "
         "'priority' is there twice"},
        {"type=raw,value=a,b", "line 1, 'type=raw,value=a,b': the attribute 'value' is there twice"},
        {"type=raw,type=sha", "line 1, 'type=raw,type=sha': the attribute 'type' is there twice"},
        {"a,priority=high", "line 1, 'a,priority=high': the priority 'high' is not a number"},
        {"a,priority=", "line 1, 'a,priority=': the priority '' is not a number"},
        {"a,priority=nan", "line 1, 'a,priority=nan': the priority 'nan' is not a number"},
        {"a,priority=1e3", "line 1, 'a,priority=1e3': the priority '1e3' is not a number"},
        {"a,enable=yes", "line 1, 'a,enable=yes': enable is 'yes'. Use true or false."},
        {"a,enable=", "line 1, 'a,enable=': enable is ''"},
        {"a,latest=maybe", "line 1, 'a,latest=maybe': latest is 'maybe'. Use auto, true or false."},
        {"type=semver", "line 1, 'type=semver': pattern is missing"},
        {"type=pep440", "line 1, 'type=pep440': pattern is missing"},
        {"type=match", "line 1, 'type=match': pattern is missing"},
        {"type=ref", "line 1, 'type=ref': event is missing"},
        {"type=raw", "line 1, 'type=raw': value is missing"},
        {"type=ref,event=foo",
         "line 1, 'type=ref,event=foo': the event 'foo' is not known. Use branch, tag or pr."},
        {"type=sha,format=foo",
         "line 1, 'type=sha,format=foo': the format 'foo' is not known. Use short or long."},
        {"type=match,pattern=v(.*),group=one",
         "line 1, 'type=match,pattern=v(.*),group=one': the group 'one' is not"},
        {"type=match,pattern=v(", "line 1, 'type=match,pattern=v(': 'v(': missing closing parenthesis"},
        {"type=match,pattern=a**", "line 1, 'type=match,pattern=a**': there is nothing to repeat"},
        {"type=match,pattern=/a/q", "line 1, 'type=match,pattern=/a/q': 'q' are not JavaScript's flags"},
        {"type=semver,pattern={{version}},match=v.*",
         "line 1, 'type=semver,pattern={{version}},match=v.*': match has "
         "no group"},
        {"type=semver,pattern={{branch}}",
         "line 1, 'type=semver,pattern={{branch}}': {{branch}} is not known here. "
         "Use {{raw}}, {{version}}, {{major}}, {{minor}}, {{patch}}."},
        {"type=raw,value={{version}}", "line 1, 'type=raw,value={{version}}': {{version}} is not known here"},
        {"type=schedule,pattern={{branch}}",
         "line 1, 'type=schedule,pattern={{branch}}': {{branch}} is not known here. "
         "Use {{date}}, {{commit_date}}."},
        {"a\nx-{{branch,enable=true", "line 2, 'x-{{branch,enable=true': '{{branch' does not close"},
        {"a,prefix={{sha", "line 1, 'a,prefix={{sha': '{{sha' does not close"},
        {"\"type=sha", "a value on line 1 starts with \" and has no closing one"},
    }));
    CAPTURE(given);
    CHECK(refusal(given).starts_with("Invalid input 'tags': " + why));
}
