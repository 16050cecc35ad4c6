#include "plan/rebuild.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("a rebuild pushes nothing, uploads nothing and writes no cache") {
    Facts found = facts();
    found.artifact_service = true;
    found.cache_service.writes = std::vector<std::string>{"refs/pull/7/merge"};
    for (const Event& event : {same_repository_pull_request(), fork_pull_request()}) {
        const Inputs given = inputs({{"artifact", "always"}, {"cache", "gha"}});
        const Names names = resolve_names(event, given, {}, found).value();
        const Result<Plan> plan = decide_rebuild(event, given, found, names);
        REQUIRE(plan);
        CHECK(plan->outputs.load);
        CHECK_FALSE(plan->outputs.registry);
        CHECK_FALSE(plan->artifact);
        CHECK(plan->cache_to.empty());
        CHECK_FALSE(plan->cache_from.empty());
    }
}
