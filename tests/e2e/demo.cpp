// Plays a pull request for a person: on a real engine, with a real registry behind GHCR's token rules, and
// with the action's container started as GitHub's runner starts it.

#include "e2e/handover.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace pr_image;
using namespace std::chrono_literals;

void say(const std::string& text) {
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void title(const std::string& text) {
    say(fmt::format("\n\033[1m=== {} ===\033[0m\n", text));
}

e2e::Files read_folder(const std::filesystem::path& folder) {
    e2e::Files files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ostringstream content;
        content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        files[entry.path().lexically_relative(folder).string()] = content.str();
    }
    return files;
}

/// Runs a step and shows its log while it comes.
e2e::Result watch(e2e::Scene& scene, const e2e::Step& step) {
    e2e::RunningStep running = scene.job.start(step);
    std::size_t shown = 0;
    const auto show = [&] {
        for (; shown < running.displayed().size(); ++shown)
            say("  | " + running.displayed()[shown]);
        return false;
    };
    running.wait_until(show, 3min);
    show();
    e2e::Result result = running.finish();
    show();
    return result;
}

/// A test job on another machine: one step, and the image is there.
bool consume(e2e::Handover& stage, const e2e::Result& built, std::map<std::string, std::string> inputs) {
    stage.forget_images();
    say("\nA test job on a machine without the image (command: pull):\n");
    inputs["command"] = "pull";
    inputs["as"] = "test-standard:latest";
    const e2e::Result pulled = watch(stage.scene, stage.step("test", inputs));
    if (!pulled.succeeded()) return false;
    say("\nThe step's outputs:\n");
    for (const auto& [name, value] : pulled.outputs)
        say(fmt::format("  {:<10} {}", name, value));
    const bool there = stage.scene.engine.has_image("test-standard:latest");
    stage.scene.engine.remove_image("test-standard:latest");
    const bool pushed = built.output("strategy") == "push";
    return there && pulled.output("source") == (pushed ? "registry" : "artifact");
}

bool play(e2e::Handover& stage, const std::map<std::string, std::string>& inputs) {
    e2e::Scene& scene = stage.scene;
    std::map<std::string, std::string> planning = inputs;
    planning["command"] = "plan";
    say("The plan (command: plan, nothing is built):\n");
    const e2e::Result planned = scene.job.run(stage.step("image", planning));
    if (!planned.succeeded()) return false;
    say(boost::json::serialize(boost::json::parse(planned.output("plan")).at("argv")));

    say("\nThe build (command: build), as the step's log shows it:\n");
    const e2e::Result built = watch(scene, stage.step("image", inputs));
    if (!built.succeeded()) return false;
    say("\nThe step's outputs:\n");
    for (const auto& [name, value] : built.outputs) {
        const bool is_long = name == "plan" || name == "metadata" || name == "labels";
        if (!is_long) say(fmt::format("  {:<10} {}", name, value));
    }
    say("\nThe step's summary:\n\n" + built.summary);
    say("Where the image is now:\n");
    const std::optional<std::string> digest = scene.registry.digest(scene.repository(), scene.tag());
    say(fmt::format("  registry   {}", digest ? *digest : "has no such tag"));
    say(fmt::format("  engine     {}", scene.engine.has_image(scene.image() + ":" + scene.tag())
                                           ? "holds it"
                                           : "has no such image"));
    const bool pushed = built.output("strategy") == "push";
    return pushed == digest.has_value() && consume(stage, built, inputs);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        const e2e::Files project = read_folder(count > 1 ? arguments[1] : "examples/app");
        const std::map<std::string, std::string> inputs{{"target", "app"}};
        const e2e::Files change{{"pages/news.md", "# News\n\nA page that a pull request brings.\n"}};

        e2e::Handover own;
        title("A pull request from the repository itself: push");
        own.scene.pull_request(project, change);
        const bool pushed = play(own, inputs);

        e2e::Handover fork;
        title("The same change from a fork: fallback, with no credential near the build");
        fork.scene.pull_request(project, change, e2e::from_fork());
        const bool fell_back = play(fork, inputs);

        title(pushed && fell_back ? "Both ended as they should" : "Something went wrong");
        return pushed && fell_back ? 0 : 1;
    } catch (const std::exception& error) {
        say(fmt::format("demo: {}", error.what()));
        return 1;
    }
}
