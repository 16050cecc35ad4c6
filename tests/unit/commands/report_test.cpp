#include "commands/report.hpp"

#include "plan/facts.hpp"
#include "plan/plan.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;

TEST_CASE("a plan's line holds nothing that the runner would execute, and is the same JSON") {
    plan::Plan plan;
    plan.images.push_back(ImageName::parse("ghcr.io/acme/app").value());
    const std::string hostile = "x ##[set-output name=digest]sha256:evil # é \u202E\U000E0041";
    const std::string line = commands::plan_line(plan, plan::Facts{}, {"docker", hostile});
    CHECK_FALSE(line.contains("#"));
    CHECK_FALSE(line.contains('\n'));
    CHECK(line.contains("\\u202e\\udb40\\udc41"));
    CHECK(boost::json::parse(line).at("argv").at(1).as_string() == hostile);
}
