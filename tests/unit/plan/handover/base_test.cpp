#include "plan/handover/base.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Inputs on_base(InputMap more = {}) {
    more.insert({{"base-image", "BASE_IMAGE"}, {"variant", "cookbook"}});
    return inputs(more);
}

/// Of a build that knows its own names.
Result<std::optional<PullPlan>> decide_base(const Event& event, const Inputs& given, const Facts& found) {
    const Names own = resolve_names(event, given, found.pull_request, found).value();
    return plan::decide_base(event, given, found, own);
}

bool holds(const std::vector<std::string>& list, const std::string& entry) {
    return std::ranges::find(list, entry) != list.end();
}

}  // namespace

TEST_CASE("the base is the image that the same inputs without variant make") {
    const auto plan = decide_base(same_repository_pull_request(), on_base(), facts());
    REQUIRE(plan);
    REQUIRE(*plan);
    CHECK((*plan)->reference.string() == "ghcr.io/acme/app:pr-7-" + kHead);
    CHECK((*plan)->sources == std::vector{Source::registry, Source::artifact});
}

TEST_CASE("input ref names the base") {
    const std::string ref = "ghcr.io/acme/base@" + digest().string();
    const auto plan = decide_base(same_repository_pull_request(), on_base({{"ref", ref}}), facts());
    REQUIRE(plan);
    CHECK((*plan)->reference.string() == ref);
}

TEST_CASE("a build without base-image has no base") {
    CHECK(decide_base(same_repository_pull_request(), inputs(), facts()).value() == std::nullopt);
}

TEST_CASE("an image cannot stand on itself, and a base is not rebuilt") {
    CHECK(
        message(decide_base(same_repository_pull_request(), inputs({{"base-image", "BASE_IMAGE"}}), facts()))
            .contains("is the image that is built on it"));
    CHECK_FALSE(decide_base(same_repository_pull_request(), on_base({{"handover", "cache"}}), facts()));
}

TEST_CASE("a base in the registry is pinned for FROM, and its registry may be logged in to") {
    Facts found = facts();
    const Reference base = Reference::parse("registry.acme.dev/acme/base@" + digest().string()).value();
    found.base = BaseImage{.reference = base};
    const Inputs given = on_base({{"registry-auth", "registry=registry.acme.dev,username=u,password=p"}});
    const Result<Plan> plan = decide(same_repository_pull_request(), given, found);
    REQUIRE(plan);
    CHECK(holds(plan->build.build_args, "BASE_IMAGE=" + base.string()));
    CHECK(plan->build.build_contexts.empty());
    CHECK(holds(plan->login_hosts, "registry.acme.dev"));
}

TEST_CASE("a base from an artifact is a build context of its own, which every driver takes") {
    Facts found = facts();
    found.base = BaseImage{.reference = Reference::parse("ghcr.io/acme/app:pr-7-x").value(),
                           .layout = "/tmp/base",
                           .digest = digest()};
    const Result<Plan> plan = decide(fork_pull_request(), on_base(), found);
    REQUIRE(plan);
    CHECK(holds(plan->build.build_args, "BASE_IMAGE=pr-image-base"));
    CHECK(holds(strings(plan->build.build_contexts),
                "pr-image-base=oci-layout:///tmp/base@" + digest().string()));
}

TEST_CASE("two images on different bases are different plans") {
    Facts one = facts();
    one.base = BaseImage{.reference = Reference::parse("ghcr.io/acme/app@" + digest('a').string()).value()};
    Facts other = facts();
    other.base = BaseImage{.reference = Reference::parse("ghcr.io/acme/app@" + digest('b').string()).value()};
    const Event event = same_repository_pull_request();
    CHECK(decide(event, on_base(), one)->hash != decide(event, on_base(), other)->hash);
}

TEST_CASE("a base that was looked for and not found is an Error; without a look it is named by its tag") {
    CHECK_FALSE(decide(same_repository_pull_request(), on_base(), facts()));
    const Result<Plan> plan = decide(same_repository_pull_request(), on_base({{"probe", "false"}}), Facts{});
    REQUIRE(plan);
    CHECK(holds(plan->build.build_args, "BASE_IMAGE=ghcr.io/acme/app:pr-7-" + kHead));
}

TEST_CASE("a base that no tag names is an Error, with probes and without") {
    const std::string probe = GENERATE("true", "false");
    const Inputs given = on_base({{"probe", probe}, {"metadata", "none"}, {"push", "false"}});
    const Result<Plan> plan = decide(same_repository_pull_request(), given, Facts{});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == "No base image");
}
