#include "plan/names/metadata_context.hpp"

#include "plan/who/subject.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

metadata::Context context_of(const Event& event, const Facts& found = facts()) {
    const Subject subject = resolve_subject(event, inputs(), std::nullopt).value();
    return metadata_context(event, inputs(), subject, found);
}

}  // namespace

TEST_CASE("all that is about a pull request is refs/pull/N/merge to the rules, everything else its own ref") {
    const auto [event, ref, base, sha] = GENERATE(table<Event, std::string, std::string, std::string>({
        {same_repository_pull_request(), "refs/pull/7/merge", "main", kHead},
        {pull_request_target(kSameRepository), "refs/pull/7/merge", "main", kHead},
        {push_main(), "refs/heads/main", "", kMain},
        {push_git_tag("v1.2.3"), "refs/tags/v1.2.3", "", kMain},
    }));
    const metadata::Context context = context_of(event);
    CHECK(context.ref == ref);
    CHECK(context.base_ref == base);
    CHECK(context.sha == sha);
    CHECK(context.event_name == event.name);
    CHECK(context.default_branch == "main");
    CHECK(context_of(merge_group()).ref == "refs/pull/7/merge");
}

TEST_CASE("a commit's date is the event's, else the API's, else the present") {
    Facts found = facts();
    CHECK(context_of(push_main(), found).commit_date == context_of(push_main(), found).now);
    const text::Timestamp asked = text::parse_timestamp("2020-02-03T04:05:06Z").value();
    found.commit_date = asked;
    CHECK(context_of(push_main(), found).commit_date == asked);
    Event dated = push_main();
    dated.commit_date = text::parse_timestamp("2019-01-01T00:00:00Z").value();
    CHECK(context_of(dated, found).commit_date == *dated.commit_date);
}

TEST_CASE("the time zones and the commit date are found wherever a template can stand") {
    const auto [raw, zones, dated] = GENERATE(table<InputMap, Strings, bool>({
        {{}, {}, false},
        {{{"tags", "type=raw,value={{date 'YYYY' tz='Asia/Tokyo'}}"}}, {"Asia/Tokyo"}, false},
        {{{"tags", "type=schedule,pattern={{date 'YYYY' tz='Asia/Tokyo'}}"}}, {"Asia/Tokyo"}, false},
        {{{"tags", "type=raw,value=a,prefix={{commit_date 'YYYY'}}-"}}, {}, true},
        {{{"tags", "a"}, {"flavor", "suffix=-{{date 'YYYY' tz='Europe/Rome'}}"}}, {"Europe/Rome"}, false},
        {{{"labels", "a={{commit_date 'YYYY' tz='Europe/Rome'}}"}}, {"Europe/Rome"}, true},
        {{{"annotations", "a={{date 'YYYY' tz='Europe/Rome'}}\nb={{date 'MM' tz='Europe/Rome'}}"}},
         {"Europe/Rome"},
         false},
        {{{"metadata", "none"}, {"labels", "a={{commit_date 'YYYY' tz='Europe/Rome'}}"}}, {}, false},
    }));
    CHECK(template_time_zones(inputs(raw)) == zones);
    CHECK(template_needs_commit_date(inputs(raw)) == dated);
}
