#include "e2e/manners.hpp"
#include "e2e/scene.hpp"
#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/base64.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pr_image::e2e {
namespace {

/// A repository with pull requests, their images in GHCR, and GitHub's API beside it.
class Project {
  public:
    Project() {
        fakes::GithubApi& api = scene.ghcr.api();
        api.add_account("acme", "Organization");
        api.set_branches("Acme/App", {"main"});
        support::write_file(config_.path() / "config.json",
                            fmt::format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", scene.ghcr.host(),
                                        text::base64_encode("mona:" + scene.token)));
    }

    /// The pull request is pushed to, and the action builds and pushes its image. Gives the image's tag.
    std::string build(int number, const std::map<std::string, std::string>& inputs = {}) {
        PullRequestSpec spec;
        spec.number = number;
        scene.pull_request(copy_only_app(), {{"app", fmt::format("app of {}\n", number)}}, spec);
        scene.ghcr.api().set_pull_request("Acme/App", static_cast<std::uint32_t>(number), {.open = true});
        const Result result = run_checked(scene, inputs);
        REQUIRE(result.exit_code == 0);
        return result.output("tag");
    }

    /// The pull request is closed, and the workflow of that event cleans up.
    Result close(int number, std::map<std::string, std::string> inputs = {}) {
        scene.ghcr.api().set_pull_request(
            "Acme/App", static_cast<std::uint32_t>(number),
            {.open = false,
             .closed_at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())});
        PullRequestSpec spec;
        spec.number = number;
        spec.action = "closed";
        return clean_up(e2e::pull_request(spec, scene.commits), std::move(inputs));
    }

    Result clean_up(Event event, std::map<std::string, std::string> inputs) {
        event.more["GITHUB_API_URL"] = scene.ghcr.api_url();
        scene.job.set_event(std::move(event));
        inputs.insert({{"command", "cleanup"}, {"cleanup-backend", "github"}});
        return run_checked(scene, inputs);
    }

    support::ChildResult docker(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"docker", "--config", config_.path().string()});
        return support::try_run(arguments);
    }

    /// Makes a tag of other tags' images, as a release does that builds nothing again.
    void promote(const std::string& tag, const std::vector<std::string>& from) const {
        const char* const buildx = std::getenv("PR_IMAGE_TEST_BUILDX");
        REQUIRE(buildx != nullptr);
        std::vector<std::string> arguments{buildx,  "imagetools", "create", "--prefer-index=false",
                                           "--tag", name(tag)};
        for (const std::string& source : from)
            arguments.push_back(name(source));
        const support::ChildResult result =
            support::try_run(arguments, {.environment = {{"DOCKER_CONFIG", config_.path().string()}}});
        INFO(result.out << result.err);
        REQUIRE(result.exit_code == 0);
    }

    /// Whether docker can pull the image for that platform from nothing.
    [[nodiscard]] bool can_pull(const std::string& tag, const std::string& platform) const {
        docker({"image", "rm", "--force", name(tag)});
        const support::ChildResult result = docker({"pull", "--quiet", "--platform", platform, name(tag)});
        UNSCOPED_INFO(result.out << result.err);
        docker({"image", "rm", "--force", name(tag)});
        return result.exit_code == 0;
    }

    [[nodiscard]] std::string name(const std::string& tag) const { return scene.image() + ":" + tag; }
    [[nodiscard]] std::optional<std::string> digest(const std::string& reference) const {
        return scene.registry.digest(scene.repository(), reference);
    }
    [[nodiscard]] std::vector<std::string> tags() {
        std::vector<std::string> names = scene.registry.tags(scene.repository());
        std::ranges::sort(names);
        return names;
    }

    Scene scene;

  private:
    support::TemporaryFolder config_{"pr-image-docker-"};
};

TEST_CASE("closed pull requests' images go, and everything that is kept can be pulled for every platform") {
    Project project;
    const std::string plain = project.build(41);
    const std::string many =
        project.build(42, {{"pr-platforms", "linux/amd64,linux/arm64"}, {"provenance", "mode=max"}});
    const std::string released = project.build(43);
    const std::string released_open = project.build(44);
    const std::string open = project.build(45, {{"pr-platforms", "linux/arm64"}});
    project.promote("v1.0.0", {released});
    project.promote("v1.1.0", {released_open});
    // A release that is made of a closed pull request's platform images, and more.
    project.promote("v2.0.0", {many, open});
    REQUIRE(project.digest("v1.0.0") == project.digest(released));
    REQUIRE(project.digest("v1.1.0") == project.digest(released_open));
    const std::string gone_index = project.digest(plain).value();
    const std::string shared_index = project.digest(many).value();

    const Result dry = project.close(41, {{"dry-run", "true"}});
    CHECK(dry.exit_code == 0);
    CHECK(project.digest(plain) == gone_index);

    for (const int number : {41, 42, 43}) {
        INFO("pull request " << number);
        const Result result = project.close(number);
        REQUIRE(result.exit_code == 0);
        CHECK(result.output("failed") == "0");
        CHECK(result.output("untagged") == (number == 43 ? "1" : "0"));
        CHECK(boost::json::parse(result.output("report")).as_array().size() == 1);
        if (number != 43) CHECK(result.summary.find("/restore") != std::string::npos);
    }

    std::vector<std::string> left{released_open, open, "v1.0.0", "v1.1.0", "v2.0.0"};
    std::ranges::sort(left);
    CHECK(project.tags() == left);
    for (const std::string& reference : {plain, many, released, gone_index, shared_index}) {
        INFO(reference);
        CHECK_FALSE(project.digest(reference));
    }
    for (const std::string& tag : {released_open, std::string("v1.0.0"), std::string("v1.1.0")}) {
        INFO(tag);
        CHECK(project.can_pull(tag, "linux/amd64"));
    }
    CHECK(project.can_pull(open, "linux/arm64"));
    CHECK(project.can_pull("v2.0.0", "linux/amd64"));
    CHECK(project.can_pull("v2.0.0", "linux/arm64"));

    // Of everything that was ever pushed only what the tags need is left, and not a trace of clean-up itself.
    const auto again = project.close(42);
    CHECK(again.output("deleted") == "0");
    CHECK(std::ranges::none_of(project.tags(),
                               [](const std::string& tag) { return tag.starts_with("pr-image-"); }));
}

TEST_CASE("a clean-up that is killed in the middle harms nothing, and the next one finishes it") {
    Project project;
    const std::string open = project.build(45);
    const std::string closed = project.build(41, {{"pr-platforms", "linux/amd64,linux/arm64"}});
    project.scene.ghcr.api().on_deletion(
        [&project](const std::string& repository, const std::string& digest) {
            static_cast<void>(project.scene.ghcr.ask("DELETE", repository, "/manifests/" + digest));
            // The first deletion is the last that this clean-up lives to see: its answer never comes.
            std::this_thread::sleep_for(std::chrono::seconds(3));
        });
    PullRequestSpec spec;
    spec.number = 41;
    spec.action = "closed";
    Event event = e2e::pull_request(spec, project.scene.commits);
    event.more["GITHUB_API_URL"] = project.scene.ghcr.api_url();
    project.scene.ghcr.api().set_pull_request("Acme/App", 41, {.open = false});
    project.scene.job.set_event(std::move(event));
    RunningStep step(project.scene.job,
                     project.scene.step({{"command", "cleanup"}, {"cleanup-backend", "github"}}));
    REQUIRE(step.wait_until([&] { return !project.digest(closed); }, std::chrono::seconds(60)));
    project.docker({"kill", step.container()});
    CHECK(step.finish().exit_code != 0);
    CHECK(project.can_pull(open, "linux/amd64"));

    project.scene.ghcr.api().on_deletion(
        [&project](const std::string& repository, const std::string& digest) {
            static_cast<void>(project.scene.ghcr.ask("DELETE", repository, "/manifests/" + digest));
        });
    const Result next = project.close(41);
    CHECK(next.exit_code == 0);
    CHECK(project.tags() == std::vector{open});
    CHECK(project.can_pull(open, "linux/amd64"));
    CHECK(project.close(41).output("deleted") == "0");
}

TEST_CASE("a token that may not delete is told which setting of the package to change") {
    Project project;
    project.build(45);
    const std::string closed = project.build(41);
    project.scene.ghcr.api().add_token(project.scene.token, {.delete_packages = false});
    const Result result = project.close(41);
    CHECK(result.exit_code == 1);
    REQUIRE(result.of(Annotation::Level::kError).size() == 1);
    CHECK(result.of(Annotation::Level::kError)[0].message.find("Manage Actions access") != std::string::npos);
    CHECK(project.can_pull(closed, "linux/amd64"));
}

}  // namespace
}  // namespace pr_image::e2e
