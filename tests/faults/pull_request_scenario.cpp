#include "faults/matrix.hpp"
#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::faults {

namespace {

using enum Ending;
using commands::Run;

constexpr std::string_view kApi = "api.test";

/// An event that says nothing of its pull request: GitHub's API is asked whose it is. Without that answer it
/// is nobody's that may be trusted.
class PullRequestScene : public Scene {
  public:
    PullRequestScene() {
        trust_authority(world_);
        world_.event("workflow_run");
        world_.check_out(std::string(40, 'a'));
        world_.variables["GITHUB_REF"] = "refs/heads/main";
        world_.variables["GITHUB_API_URL"] = front_.url("");
        world_.variables["INPUT_TOKEN"] = "ghs_good";
        world_.variables["INPUT_PR-NUMBER"] = "7";
        world_.variables["INPUT_SHA"] = std::string(40, 'a');
        world_.variables["INPUT_CACHE"] = "none";
    }

    fakes::FaultProxy& server(std::string_view) override { return front_; }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t) override {
        CHECK(world_.left().empty());
        CHECK(world_.registry.open_uploads() == 0);
        CHECK(world_.calls().size() == (ending == success ? 1U : 0U));
        CHECK(run.outputs.empty() == (ending == error));
        if (!run.outputs.empty()) CHECK(run.outputs.at("pushed") == "true");
    }

  private:
    commands::ScriptedWorld world_;
    fakes::HttpServer api_{[](const fakes::Seen&) {
        return fakes::Reply{
            .headers = {{"Content-Type", "application/json"}},
            .body = R"({"state":"open","head":{"sha":")" + std::string(40, 'a') + R"(","repo":{"id":1}}})"};
    }};
    fakes::FaultProxy front_{api_.port(), {.name = std::string(kApi), .tls = identity()}};
};

}  // namespace

Scenario pull_request_scenario() {
    return {"GitHub's word for a pull request",
            {{.name = "pull request",
              .host = kApi,
              .method = "GET",
              .target = "/pulls/7",
              .passing = {success, error},
              .silence = Endings{error, error},
              .untrusted = {error, error},
              .wrong_length = {error, error},
              .wrong_body = {error, error},
              .unauthorized = {error, error},
              .forbidden = {error, error}}},
            [] { return std::make_unique<PullRequestScene>(); }};
}

}  // namespace pr_image::faults
