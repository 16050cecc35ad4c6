#include "commands/until_stopped.hpp"

#include "fakes/results_service.hpp"
#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
using commands::Run;
using commands::ScriptedWorld;
using fakes::Fault;

namespace {

/// Nothing that is held up here would ever end by itself; the rest is for a machine that is busy.
constexpr auto kDeadline = 30s;

const std::string kSleeping = "trap 'exit 130' INT TERM; touch reached; while :; do sleep 0.02; done\n";

/// A phase of a run, held up until it is ended.
struct Phase {
    std::string name;
    std::map<std::string, std::string> inputs;
    std::function<void(ScriptedWorld&, fakes::ResultsService&)> hold;
};

std::vector<Phase> phases() {
    const auto registry_hangs = [](std::string method, std::string target, int skip = 0) {
        return [=](ScriptedWorld& world, fakes::ResultsService& /*results*/) {
            world.proxy.faults.add(
                {.kind = Fault::Kind::hang, .method = method, .target = target, .skip = skip});
        };
    };
    const auto service_hangs = [](std::string method, std::string target) {
        return [=](ScriptedWorld& /*world*/, fakes::ResultsService& results) {
            results.add_fault({.kind = Fault::Kind::hang, .method = method, .target = target});
        };
    };
    const auto script = [](std::string verb) {
        return [=](ScriptedWorld& world, fakes::ResultsService& /*results*/) {
            if (verb == "build") {
                world.build(1, kSleeping);
            } else {
                world.on(verb, kSleeping);
            }
        };
    };
    return {
        {"probe", {}, registry_hangs("POST", "/blobs/uploads/")},
        {"making the builder", {{"driver", "docker-container"}}, script("create")},
        {"build", {{"artifact", "always"}}, script("build")},
        {"wait for the next attempt",
         {{"retry-wait", "5m"}},
         [](ScriptedWorld& world, fakes::ResultsService& /*results*/) {
             world.build(1, "echo 'ERROR: failed to push a/b:c: unknown: x' >&2; touch reached; exit 1\n");
         }},
        {"look at what was pushed", {}, registry_hangs("HEAD", "/manifests/")},
        {"begin of the upload", {{"artifact", "always"}}, service_hangs("POST", "CreateArtifact")},
        {"upload", {{"artifact", "always"}}, service_hangs("PUT", "/blobs/")},
        {"end of the upload", {{"artifact", "always"}}, service_hangs("POST", "FinalizeArtifact")},
        {"pull from the registry", {{"command", "pull"}}, registry_hangs("GET", "/manifests/")},
        {"pull of the artifact",
         {{"command", "pull"}, {"handover", "artifact"}},
         service_hangs("POST", "ListArtifacts")},
        {"clean-up",
         {{"command", "cleanup"}, {"cleanup-backend", "oci"}, {"pr-number", "7"}},
         registry_hangs("GET", "/tags/list")},
    };
}

/// Runs the phase and ends it when it is reached.
Run run_and_end(const Phase& phase, ScriptedWorld& world, const std::function<void()>& end,
                std::map<std::string, std::string> inputs = {}) {
    fakes::ResultsService results;
    world.variables["ACTIONS_RESULTS_URL"] = results.url();
    world.variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({});
    world.variables["INPUT_CACHE"] = "none";
    std::filesystem::remove(world.here() / "reached");
    phase.hold(world, results);
    inputs.insert(phase.inputs.begin(), phase.inputs.end());
    const std::jthread ender([&](const std::stop_token& over) {
        const auto reached = [&] {
            return world.proxy.faults.injected() > 0 || results.injected() > 0 ||
                   std::filesystem::exists(world.here() / "reached");
        };
        while (!over.stop_requested() && !reached())
            std::this_thread::sleep_for(5ms);
        std::this_thread::sleep_for(50ms);
        if (!over.stop_requested()) end();
    });
    return world.run(inputs);
}

std::string last_line(const Run& run) {
    const std::vector<std::string_view> lines = text::lines(run.log);
    std::string last;
    for (const std::string_view line : lines) {
        if (!line.empty()) last = line;
    }
    return last;
}

}  // namespace

TEST_CASE("a signal ends every phase at once, leaves nothing and says so in the last line") {
    const auto [number, name] = GENERATE(table<int, std::string>({{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}}));
    for (const Phase& phase : phases()) {
        CAPTURE(name, phase.name);
        ScriptedWorld world;
        const Run run = run_and_end(phase, world, [wanted = number] { ::kill(::getpid(), wanted); });
        INFO(run.log);
        CHECK(run.status == 128 + number);
        CHECK(run.errors() == 1);
        CHECK(last_line(run).contains(name));
        CHECK(run.took < kDeadline);
        CHECK(world.left().empty());
        CHECK_FALSE(run.outputs.contains("digest"));
    }
}

TEST_CASE("input timeout ends a run as a signal does, and says what to change") {
    for (const Phase& phase : phases()) {
        // Where a subprocess runs, and where none does.
        if (phase.name != "build" && phase.name != "upload" && phase.name != "clean-up") continue;
        CAPTURE(phase.name);
        ScriptedWorld world;
        const Run run = run_and_end(phase, world, [] {}, {{"timeout", "2s"}});
        INFO(run.log);
        CHECK(run.status == 1);
        CHECK(run.errors() == 1);
        CHECK(last_line(run) ==
              "error: Timed out: the run took longer than 2s. Give it more time with input "
              "timeout, or leave that input out.");
        CHECK(run.took < kDeadline);
        CHECK(world.left().empty());
    }
}

TEST_CASE("a timeout that is not reached changes nothing") {
    ScriptedWorld world;
    const Run run = world.run({{"timeout", "1h"}});
    INFO(run.log);
    CHECK(run.status == 0);
}

TEST_CASE("a buildx that does not listen is killed before the runner would kill everything") {
    ScriptedWorld world;
    const Phase phase{"deaf build", {}, [](ScriptedWorld& held, fakes::ResultsService& /*results*/) {
                          held.build(1, "trap '' INT TERM; touch reached; while :; do sleep 0.05; done\n");
                      }};
    const Run run = run_and_end(phase, world, [] { ::kill(::getpid(), SIGINT); });
    INFO(run.log);
    CHECK(run.status == 128 + SIGINT);
    CHECK(run.took < kDeadline);
    CHECK(world.left().empty());
}
