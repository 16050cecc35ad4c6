#include "plan/names/written_names.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("what a pull request writes by an output or a cache has a tag of its own") {
    const std::string by_digest = "@sha256:" + std::string(64, 'd');
    struct Row {
        std::string name;
        bool image;
        bool cache;
    };
    const std::vector<Row> rows{
        {"ghcr.io/acme/app:pr-7", true, true},
        {"ghcr.io/acme/app:pr-7-dev", true, true},
        {"other/app:pr-7-cache", true, true},
        {"ghcr.io/acme/app:buildcache-pr-7", false, true},
        {"ghcr.io/acme/app:buildcache-pr-7-dev", false, true},
        {"ghcr.io/acme/app", false, false},
        {"ghcr.io/acme/app:latest", false, false},
        {"ghcr.io/acme/app:Latest", false, false},
        {"ghcr.io/acme/app:main", false, false},
        {"ghcr.io/acme/app:pr-8", false, false},
        {"ghcr.io/acme/app:pr-70", false, false},
        {"ghcr.io/acme/app:pr-7-", false, false},
        {"ghcr.io/acme/app:PR-7", false, false},
        {"ghcr.io/acme/app:buildcache", false, false},
        {"ghcr.io/acme/app:buildcache-", false, false},
        {"ghcr.io/acme/app:buildcache-main", false, false},
        {"ghcr.io/acme/app:buildcache-pr-8", false, false},
        {"ghcr.io/acme/app:buildcache-buildcache-pr-7", false, false},
        {"ghcr.io/acme/app:pr-7-held", true, true},
        {"ghcr.io/acme/app:buildcache-pr-7-held", false, false},
        {"ghcr.io/acme/app:pr-7-kept", false, false},
        {"ghcr.io/acme/app:buildcache-pr-7-kept", false, false},
        {"ghcr.io/acme/app" + by_digest, false, false},
        {"ghcr.io/acme/app:pr-7" + by_digest, false, false},
    };
    const Inputs given = inputs({{"protected-tags", "*-kept,buildcache-pr-7-held"}});
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const NamedImage image = parse_named_image(row.name).value();
        const auto allowed = [&](Written what) {
            return check_written_name(image, what, "outputs", push_main(), given, number("7")).has_value();
        };
        CHECK(allowed(Written::image) == row.image);
        CHECK(allowed(Written::cache) == row.cache);
    }
}
