#include "e2e/manners.hpp"

#include "e2e/failed_logs.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::e2e {

void check_manners(const Scene& scene, const Result& result) {
    keep_log(result.displayed);
    CHECK(result.failures.empty());
    CHECK(result.open_groups == 0);
    CHECK_FALSE(result.stopped);
    CHECK_FALSE(scene.holds_secret(result.displayed));
    CHECK_FALSE(scene.holds_secret(result.summary));
    for (const auto& [name, value] : result.outputs) {
        INFO("output " << name);
        CHECK_FALSE(scene.holds_secret(value));
    }
    CHECK(result.env.empty());
    CHECK(result.paths.empty());
}

Result checked(const Scene& scene, Result result) {
    check_manners(scene, result);
    return result;
}

Result run_checked(Scene& scene, const std::map<std::string, std::string>& inputs) {
    Result result = scene.run(inputs);
    check_manners(scene, result);
    return result;
}

}  // namespace pr_image::e2e
