#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

namespace pr_image::e2e {
namespace {

bool mentions(const std::vector<Annotation>& annotations, std::string_view text) {
    for (const auto& annotation : annotations) {
        if (annotation.message.find(text) != std::string::npos) return true;
    }
    return false;
}

std::ptrdiff_t accepted_writes(const Scene& scene) {
    const auto writes = scene.ghcr.writes();
    return std::ranges::count_if(writes, [](const auto& request) { return request.status < 400; });
}

TEST_CASE("a token that may only read is found out before the build, which then stays on the machine") {
    Scene scene;
    scene.ghcr.add_token(scene.token, {.read = true, .write = false});
    scene.pull_request(copy_only_app());
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(result.output("pushed") == "false");
    const auto warnings = result.of(Annotation::Level::kWarning);
    CHECK(warnings.size() == 1);
    CHECK(mentions(warnings, "permission_denied: write_package"));
    CHECK(mentions(warnings, scene.image()));
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
    CHECK(scene.registry.tags(scene.repository()).empty());
    // The probe asked for an upload, was told to bring a token, and refused with it; nothing else was tried.
    CHECK(accepted_writes(scene) == 0);
    CHECK(scene.ghcr.writes().back().status == 403);
    CHECK(scene.ghcr.writes().size() <= 2);
}

TEST_CASE("a wrong password is found out before the build") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result result = run_checked(scene, {{"password", "not-a-token-of-this-registry"}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(result.of(Annotation::Level::kWarning).size() == 1);
    CHECK(accepted_writes(scene) == 0);
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
}

TEST_CASE("without any credential the image stays on the machine, and the warning says where to give one") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result result = run_checked(scene, {{"username", ""}, {"password", ""}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(mentions(result.of(Annotation::Level::kWarning), "username and password"));
    // The GitHub token is for GitHub's registry only.
    CHECK(scene.ghcr.passwords_seen().empty());
    CHECK(scene.ghcr.everything_received().find(scene.token) == std::string::npos);
}

TEST_CASE("missing-credentials decides what a refused push becomes") {
    struct Row {
        std::string wish;
        int exit_code;
        std::string strategy;  // empty: none
        bool built;
    };
    const std::vector<Row> rows = {
        {"fallback", 0, "fallback", true}, {"skip", 0, "skip", false}, {"fail", 1, "", false}};
    for (const auto& row : rows) {
        INFO("missing-credentials: " << row.wish);
        Scene scene;
        scene.ghcr.add_token(scene.token, {.read = true, .write = false});
        scene.pull_request(copy_only_app());
        const Result result = run_checked(scene, {{"missing-credentials", row.wish}});
        CHECK(result.exit_code == row.exit_code);
        if (!row.strategy.empty()) CHECK(result.output("strategy") == row.strategy);
        CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()) == row.built);
        CHECK(result.of(Annotation::Level::kError).size() == (row.exit_code == 0 ? 0 : 1));
        CHECK(result.of(Annotation::Level::kWarning).size() == (row.exit_code == 0 ? 1 : 0));
    }
}

TEST_CASE("Dependabot's pull request sees no secret of the workflow, and the warning says where to put one") {
    Scene scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_dependabot());
    const Result result = run_checked(scene, {{"username", ""}, {"password", ""}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    const auto warnings = result.of(Annotation::Level::kWarning);
    CHECK(warnings.size() == 1);
    CHECK(mentions(warnings, "Dependabot secrets"));
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
}

TEST_CASE(
    "a branch whose push is refused fails before the build: a green check without the image would lie") {
    Scene scene;
    scene.ghcr.add_token(scene.token, {.read = true, .write = false});
    scene.push(copy_only_app());
    const Result result = run_checked(scene);
    CHECK(result.exit_code == 1);
    const auto errors = result.of(Annotation::Level::kError);
    CHECK(errors.size() == 1);
    CHECK(mentions(errors, "permission_denied: write_package"));
    CHECK(scene.engine.images(scene.image()).empty());
}

TEST_CASE("a closed pull request is skipped without asking anybody anything") {
    Scene scene;
    PullRequestSpec spec;
    spec.action = "closed";
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, spec);
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "skip");
    CHECK(result.output("pushed") == "false");
    CHECK(result.output("available") == "false");
    CHECK(scene.ghcr.requests().empty());
    CHECK(scene.engine.images(scene.image()).empty());
}

TEST_CASE("without any network a pull request's image is still built and loaded") {
    Scene scene;
    scene.pull_request(copy_only_app());
    Step step = scene.step();
    step.network = "none";
    const Result result = scene.job.run(step);
    check_manners(scene, result);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(mentions(result.of(Annotation::Level::kWarning), scene.ghcr.host()));
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
    CHECK(scene.ghcr.requests().empty());
}

}  // namespace
}  // namespace pr_image::e2e
