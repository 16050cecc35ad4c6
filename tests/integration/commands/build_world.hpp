#pragma once

#include "fakes/fault_proxy.hpp"
#include "support/docker_registry.hpp"
#include "unit/commands/run_world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace pr_image::commands {

/// A pull request with the real engine, and a real registry behind a proxy that can fail.
class BuildWorld : public RunWorld {
  public:
    BuildWorld() {
        if (variable("PR_IMAGE_TEST_BUILDX").empty()) SKIP("tests/engine/with-engine starts no engine here");
        write("Dockerfile", "FROM busybox:stable\nCOPY change /change\n");
        change();
        variables["DOCKER_HOST"] = variable("DOCKER_HOST");
        variables["DOCKER_CONFIG"] = variable("DOCKER_CONFIG");
        variables["INPUT_IMAGE"] = image();
        variables["INPUT_ATTEMPTS"] = "2";
    }

    /// Makes the next image another one.
    void change() const {
        write("change", fmt::format("{}\n", std::chrono::steady_clock::now().time_since_epoch().count()));
    }

    [[nodiscard]] std::string image() const { return proxy.host() + "/acme/app"; }

    /// Restarts dockerd, which takes a second or two.
    static void restart_engine() {
        const std::filesystem::path socket(variable("DOCKER_HOST").substr(std::string("unix://").size()));
        std::ofstream(socket.parent_path() / "restart") << "now\n";
    }

    /// For tests that do so.
    static void need_own_engine() {
        if (variable("PR_IMAGE_TEST_ENGINE") != "private")
            SKIP("this engine is not the tests' own to restart");
    }

    static std::string variable(const char* name) {
        const char* value = std::getenv(name);
        return value == nullptr ? std::string() : value;
    }

    support::DockerRegistry registry;
    fakes::FaultProxy proxy{registry.port()};
};

}  // namespace pr_image::commands
