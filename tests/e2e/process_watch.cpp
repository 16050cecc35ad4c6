#include "e2e/process_watch.hpp"

#include "e2e/manners.hpp"
#include "support/files.hpp"
#include "text/strings.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <unistd.h>

namespace pr_image::e2e {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split_at_nul(std::string_view bytes) {
    std::vector<std::string> parts;
    for (const auto part : text::split(bytes, '\0')) {
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

std::vector<pid_t> process_ids() {
    std::vector<pid_t> ids;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename();
        pid_t id = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), id);
        if (parsed.ec == std::errc() && parsed.ptr == name.data() + name.size()) ids.push_back(id);
    }
    return ids;
}

}  // namespace

void ProcessWatch::look() {
    for (const pid_t id : process_ids()) {
        const fs::path folder = fs::path("/proc") / std::to_string(id);
        if (support::read_file(folder / "cgroup").find(container_id_) == std::string::npos) continue;
        SeenProcess process{.argv = split_at_nul(support::read_file(folder / "cmdline")),
                            .environment = {},
                            .docker_config = {},
                            .limits = support::read_file(folder / "limits")};
        if (process.argv.empty()) continue;
        for (const auto& entry : split_at_nul(support::read_file(folder / "environ"))) {
            process.environment += entry + '\n';
            static constexpr std::string_view kConfig = "DOCKER_CONFIG=/";
            if (entry.starts_with(kConfig)) {
                process.docker_config =
                    support::read_file(folder / "root" / entry.substr(kConfig.size()) / "config.json");
            }
        }
        // Between its end and its reaping a process has no environment any more.
        if (!process.environment.empty()) seen_[id] = std::move(process);
    }
}

std::vector<SeenProcess> ProcessWatch::of(std::string_view program) const {
    std::vector<SeenProcess> found;
    for (const auto& [id, process] : seen_) {
        if (fs::path(process.argv.front()).filename().string().find(program) != std::string::npos) {
            found.push_back(process);
        }
    }
    return found;
}

Result run_watched(Scene& scene, const Step& step, ProcessWatch& watch) {
    using namespace std::chrono_literals;
    RunningStep running(scene.job, step);
    std::optional<std::string> id;
    running.wait_until([&] { return (id = scene.engine.container_id(running.container())).has_value(); },
                       20s);
    REQUIRE(id);
    watch = ProcessWatch(*id);
    running.wait_until(
        [&] {
            watch.look();
            return false;
        },
        3min);
    Result result = running.finish();
    check_manners(scene, result);
    return result;
}

bool may_watch_processes() {
    return geteuid() == 0;
}

std::size_t count_processes_with(std::string_view argument) {
    std::size_t count = 0;
    for (const pid_t id : process_ids()) {
        const auto argv =
            split_at_nul(support::read_file(fs::path("/proc") / std::to_string(id) / "cmdline"));
        if (std::ranges::find(argv, argument) != argv.end()) ++count;
    }
    return count;
}

}  // namespace pr_image::e2e
