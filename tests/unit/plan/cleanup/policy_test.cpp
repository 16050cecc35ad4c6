#include "plan/cleanup/policy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <string>

using namespace pr_image;
using namespace pr_image::plan::cleanup;

TEST_CASE("a glob that covers every pull request's tag is refused by name") {
    const std::string glob = GENERATE("*", "pr-*", "p*", "*-*", "?r-*", "pr-?*", "**", "pr*");
    CAPTURE(glob);
    const Result<void> checked = check_protected_tags({"v*", glob});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().why.contains("'" + glob + "'"));
}

TEST_CASE("a glob that leaves pull requests something is accepted") {
    const std::string glob = GENERATE("latest", "v*", "*.*.*", "sha-*", "pr-7-*", "pr-?-*", "*dev",
                                      "pr-*-dev", "main*", "buildcache-*", "", "pr-");
    CAPTURE(glob);
    CHECK(check_protected_tags({glob}));
}

TEST_CASE("the default branch's tag is protected by default, as its image is tagged") {
    const std::vector<std::string> globs = default_protected_tags("Release/Next");
    CHECK(std::ranges::find(globs, "release-next") != globs.end());
    CHECK(std::ranges::find(globs, "latest") != globs.end());
    CHECK(check_protected_tags(globs));
}

TEST_CASE("clean-up takes no glob that would protect nothing, and every one that leaves some tag to go") {
    for (const char* glob : {"pr-[7]-*", "{pr-7,x}-*", "!v*", "refs/tags/v*"}) {
        CAPTURE(glob);
        CHECK_FALSE(check_protected_tags({"v*", glob}));
    }
    for (const char* glob :
         {"pr-*-\?\?\?\?\?\?\?", "pr-*-?", "pr-?-*", "pr-\?\?\?\?-*", "pr-\?\?\?\?\?\?\?\?\?-*"}) {
        CAPTURE(glob);
        CHECK(check_protected_tags({glob}));
    }
}
