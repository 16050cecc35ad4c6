#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <boost/json/object.hpp>
#include <catch2/catch_test_macros.hpp>

#include <functional>

namespace pr_image::e2e {
namespace {

struct BadInput {
    std::string what;
    std::function<void(Scene&, Step&)> spoil;
    std::vector<std::string> named;  ///< words that the error has to have
};

void with(Step& step, const std::string& name, const std::string& value) {
    step.with[name] = value;
}

/// Sends the payload with one field of the pull request replaced.
void with_field(Scene& scene, const std::function<void(boost::json::object& payload)>& change) {
    Event event = pull_request({}, scene.commits);
    change(event.payload);
    scene.job.set_event(std::move(event));
}

/// One of each kind, in a real container; the tables are in tests/unit/plan.
const std::vector<BadInput>& bad_inputs() {
    static const std::vector<BadInput> kRows = {
        {"an event.json that is cut off",
         [](Scene& scene, Step&) { scene.job.set_payload(R"({"action":"opened","number":4)"); },
         {"event.json"}},
        {"an event.json that is nested without end",
         [](Scene& scene, Step&) { scene.job.set_payload(std::string(100000, '[')); },
         {"event.json"}},
        {"a head sha with a line feed",
         [](Scene& scene, Step&) {
             with_field(scene, [](boost::json::object& payload) {
                 payload["pull_request"].as_object()["head"].as_object()["sha"] =
                     "0123456789abcdef\n::set-output name=tag::evil";
             });
         },
         {"sha"}},
        {"an input pr-number that is a command",
         [](Scene&, Step& step) { with(step, "pr-number", "1;id"); },
         {"pr-number", "1;id"}},
        {"an input sha with a line feed",
         [](Scene&, Step& step) { with(step, "sha", "0123456789abcdef\n0123456789abcdef"); },
         {"sha"}},
        {"an image name with a space",
         [](Scene&, Step& step) { with(step, "image", "acme/my app"); },
         {"image"}},
        {"an unknown command",
         [](Scene&, Step& step) { with(step, "command", "biuld"); },
         {"command", "biuld", "build"}},
        {"a context that a symbolic link leads outside",
         [](Scene& scene, Step& step) {
             std::filesystem::create_directory_symlink("/etc", scene.job.workspace() / "link");
             with(step, "context", "link");
         },
         {"context"}},
        {"a Dockerfile that a symbolic link leads outside",
         [](Scene& scene, Step& step) {
             std::filesystem::create_symlink("/etc/passwd", scene.job.workspace() / "Linkfile");
             with(step, "file", "Linkfile");
         },
         {"file"}},
        {"a Dockerfile that is not there",
         [](Scene&, Step& step) { with(step, "file", "Nofile"); },
         {"file", "Nofile"}},
        {"a release's tag on a pull request",
         [](Scene&, Step& step) { with(step, "tags", "latest"); },
         {"tags", "latest", "pr-42"}},
        {"a tag format that leaves the grammar",
         [](Scene&, Step& step) { with(step, "pr-tag", "v{number}"); },
         {"pr-tag"}},
        {"no token where the push must not be missing",
         [](Scene&, Step& step) {
             with(step, "token", "");
             with(step, "username", "");
             with(step, "password", "");
             with(step, "missing-credentials", "fail");
         },
         {"credentials"}},
        {"a GITHUB_OUTPUT that is a folder",
         [](Scene& scene, Step& step) { step.env["GITHUB_OUTPUT"] = scene.job.workspace(); },
         {"GITHUB_OUTPUT"}},
    };
    return kRows;
}

TEST_CASE("bad input ends with one error that names it, before anything is built or written") {
    Scene scene;
    for (const auto& row : bad_inputs()) {
        DYNAMIC_SECTION(row.what) {
            scene.pull_request(copy_only_app());
            Step step = scene.step();
            row.spoil(scene, step);
            const Result result = scene.job.run(step);
            check_manners(scene, result);
            CHECK(result.exit_code == 1);
            const auto errors = result.of(Annotation::Level::kError);
            REQUIRE(errors.size() == 1);
            const std::string said = errors.front().property("title") + ": " + errors.front().message;
            for (const auto& word : row.named) {
                INFO("the error: " << said);
                CHECK(said.find(word) != std::string::npos);
            }
            CHECK(result.outputs.empty());
            CHECK(scene.engine.images(scene.image()).empty());
            CHECK(scene.registry.tags(scene.repository()).empty());
            for (const auto& request : scene.ghcr.writes()) {
                CHECK(request.method != "PUT");
                CHECK(request.method != "PATCH");
            }
        }
    }
}

TEST_CASE("an error can be read without annotations: what failed, why, and what to change") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result result = run_checked(scene, {{"driver", "podman"}});
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().property("title").find("driver") != std::string::npos);
    CHECK(errors.front().message.find("podman") != std::string::npos);
    CHECK(errors.front().message.find("docker-container") != std::string::npos);
    CHECK(result.displayed.find("podman") != std::string::npos);
}

}  // namespace
}  // namespace pr_image::e2e
