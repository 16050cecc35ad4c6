// What one run of pr-image costs beyond the command that it replaces. Prints JSON lines; nothing here passes
// or fails.
//   scripts/bench overhead [N]      N runs of each command (default 15)
//
// Both commands run on this machine, not in a container, with the same environment but for the variables that
// a runner adds: `build/pr-image` (command build, docker driver, a push to a registry on loopback, everything
// cached, reuse: false so that it does build), and the bare `docker buildx build` of its own plan, in
// alternating order.

#include "bench/common/job.hpp"
#include "bench/common/measure.hpp"
#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pr_image::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using support::ChildOptions;
using support::ChildResult;

constexpr double kMillisecond = 1e-3;
constexpr double kMebibyte = 1024.0 * 1024.0;

json::object summary(std::string_view what, const std::vector<double>& milliseconds) {
    return {{"measure", what},
            {"runs", milliseconds.size()},
            {"median_ms", rounded(median(milliseconds))},
            {"min_ms", rounded(std::ranges::min(milliseconds))},
            {"max_ms", rounded(std::ranges::max(milliseconds))}};
}

std::string required(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) {
        throw std::runtime_error(std::string(name) + " is not set: start this with scripts/bench overhead");
    }
    return value;
}

/// A same-repository pull request on a small project; it builds each time.
Job small_job() {
    return {{},
            {{"Dockerfile", "FROM busybox:stable\nCOPY app /app\nRUN sha256sum /app > /sum\n"},
             {"app", "an app\n"}},
            {{"app", "a changed app\n"}}};
}

ChildOptions as_action(const Job& job, std::map<std::string, std::string> more = {}) {
    more.insert({{"INPUT_DRIVER", "docker"}, {"INPUT_REUSE", "false"}});
    return job.options(std::move(more));
}

ChildResult checked(const std::vector<std::string>& argv, const ChildOptions& options) {
    return support::run(argv, options, std::chrono::minutes(5));
}

double milliseconds(const ChildResult& result) {
    return result.wall.count() / kMillisecond;
}

/// What a person could type in place of this action: the plan says it.
std::vector<std::string> bare_command(const std::string& program, const Job& job) {
    const auto planned =
        checked({program}, as_action(job, {{"INPUT_COMMAND", "plan"}, {"INPUT_PROBE", "false"}}));
    const std::string_view text = text::trim(planned.out);
    const json::value plan = json::parse(text.substr(text.rfind('\n') + 1));
    std::vector<std::string> argv;
    argv.reserve(plan.at("argv").as_array().size());
    for (const auto& argument : plan.at("argv").as_array()) {
        argv.emplace_back(argument.as_string());
    }
    return argv;
}

struct Contender {
    std::string name;
    std::vector<std::string> argv;
    ChildOptions options;
    std::vector<double> times{};
};

/// Each round runs everyone once, every other round in reverse, so that none always follows the same one.
void race(std::vector<Contender>& contenders, int rounds) {
    constexpr int kWarmUp = 2;
    for (int round = -kWarmUp; round < rounds; ++round) {
        std::vector<Contender*> order;
        order.reserve(contenders.size());
        for (auto& contender : contenders) {
            order.push_back(&contender);
        }
        if (round % 2 != 0) std::ranges::reverse(order);
        for (Contender* contender : order) {
            const ChildResult result = checked(contender->argv, contender->options);
            if (round >= 0) contender->times.push_back(milliseconds(result));
        }
    }
    for (const auto& contender : contenders) {
        print(summary(contender.name, contender.times));
    }
}

void measure_build(const std::string& program, const Job& job, int rounds) {
    const std::string tag = job.image() + ":plain";
    std::vector<Contender> contenders = {
        {"build: pr-image", {program}, as_action(job)},
        {"build: docker buildx build, the plan's own arguments", bare_command(program, job), job.plain()},
        {"build: docker buildx build --push --tag, nothing more",
         {"docker", "buildx", "build", "--push", "--tag", tag, "."},
         job.plain()}};
    race(contenders, rounds);
    const double ours = median(contenders[0].times);
    print({{"measure", "build: ratio to docker buildx build, the plan's own arguments"},
           {"ratio", rounded(ours / median(contenders[1].times))}});
    print({{"measure", "build: ratio to docker buildx build --push --tag, nothing more"},
           {"ratio", rounded(ours / median(contenders[2].times))}});
}

/// The process's own high-water mark, without its children's: buildx is several times our size.
double peak_of_process_alone(const std::vector<std::string>& argv, const ChildOptions& options) {
    long peak = 0;
    support::ChildProcess child(argv, options);
    const std::string status = fmt::format("/proc/{}/status", child.pid());
    while (child.running_after(std::chrono::milliseconds(1))) {
        const std::string text = support::read_file(status);
        const std::size_t mark = text.find("VmHWM:");
        if (mark == std::string::npos) continue;
        const std::size_t digits = text.find_first_of("0123456789", mark);
        long kib = 0;
        std::from_chars(text.data() + digits, text.data() + text.size(), kib);
        peak = std::max(peak, kib);
    }
    if (child.wait(std::chrono::minutes(1)).exit_code != 0) throw std::runtime_error("the build failed");
    return static_cast<double>(peak) / 1024;
}

void measure_memory(const std::string& program, const Job& job) {
    double peak = 0;
    for (int i = 0; i < 3; ++i) {
        peak = std::max(peak, peak_of_process_alone({program}, as_action(job)));
    }
    print({{"measure", "build: peak memory of pr-image itself"}, {"mib", rounded(peak)}});
}

void measure_plan(const std::string& program, const Job& job, int rounds) {
    const ChildOptions options = as_action(job, {{"INPUT_COMMAND", "plan"}, {"INPUT_PROBE", "false"}});
    std::vector<double> times;
    times.reserve(static_cast<std::size_t>(2 * rounds));
    long peak = 0;
    for (int i = 0; i < 2 * rounds; ++i) {
        const ChildResult result = checked({program}, options);
        times.push_back(milliseconds(result));
        peak = std::max(peak, result.peak_rss_kib);
    }
    json::object line = summary("plan, probe: false", times);
    line["peak_mib"] = rounded(static_cast<double>(peak) / 1024);
    print(line);
}

/// The sum of the layers as a registry would hold them, compressed as the release compresses them.
void measure_image(const std::string& image) {
    const support::TemporaryFolder folder("pr-image-bench-");
    support::write_file(folder.path() / "Dockerfile", "FROM " + image + "\n");
    for (const auto& [name, level] : std::map<std::string, std::string>{{"gzip", "9"}, {"zstd", "19"}}) {
        const fs::path layout = folder.path() / name;
        checked({"docker", "buildx", "build", "--provenance=false", "--output",
                 fmt::format(
                     "type=oci,tar=false,dest={},compression={},compression-level={},force-compression=true",
                     layout.string(), name, level),
                 folder.path().string()},
                {});
        const auto blob = [&](const json::value& descriptor) {
            const std::string digest(descriptor.at("digest").as_string());
            return json::parse(support::read_file(layout / "blobs" / "sha256" / digest.substr(7)));
        };
        const json::value index = json::parse(support::read_file(layout / "index.json"));
        const json::value manifest = blob(index.at("manifests").at(0));
        std::int64_t size = 0;
        for (const auto& layer : manifest.at("layers").as_array()) {
            size += layer.at("size").to_number<std::int64_t>();
        }
        print({{"measure", "action image, compressed"},
               {"compression", name + " level " + level},
               {"mib", rounded(static_cast<double>(size) / kMebibyte)},
               {"mb", rounded(static_cast<double>(size) / 1e6)}});
    }
}

/// What a job sees: the container's start is part of it.
void measure_container(const std::string& image, const Job& job, int rounds) {
    ChildOptions options = as_action(job);
    const std::string socket = required("DOCKER_HOST").substr(std::string_view("unix://").size());
    std::vector<std::string> argv = {
        "docker", "run", "--rm", "--network", "host", "-v", socket + ":/var/run/docker.sock"};
    const fs::path folder = options.environment.at("HOME");
    argv.insert(argv.end(), {"-v", folder.string() + ":" + folder.string(), "--workdir", options.directory});
    for (const auto& [name, value] : options.environment) {
        argv.insert(argv.end(), {"-e", fmt::format("{}={}", name, value)});
    }
    argv.push_back(image);
    std::vector<Contender> contenders = {
        {"build: the action's container, with its start", argv, job.plain()}};
    race(contenders, rounds);
}

void run(int rounds) {
    const std::string program = fs::absolute("build/pr-image");
    const std::string image = required("PR_IMAGE_TEST_ACTION_IMAGE");
    const Job job = small_job();
    measure_build(program, job, rounds);
    measure_memory(program, job);
    measure_plan(program, job, rounds);
    measure_container(image, job, std::max(rounds / 3, 1));
    measure_image(image);
}

}  // namespace
}  // namespace pr_image::bench

int main(int argc, char** argv) {
    int rounds = 15;
    if (argc > 1) {
        const std::string_view text = argv[1];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rounds);
        if (error != std::errc() || end != text.data() + text.size() || rounds < 1) {
            fmt::print(stderr, "usage: overhead [N]\n");
            return 2;
        }
    }
    try {
        pr_image::bench::run(rounds);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "{}\n", problem.what());
        return 1;
    }
    return 0;
}
