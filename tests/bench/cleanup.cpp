// What a clean-up asks, and how long it takes. Prints JSON lines; nothing here passes or fails.
//   scripts/bench cleanup [LATENCY]      every answer takes so many milliseconds (default 20)
// Needs no engine.
//
// build/pr-image runs as a process of its own against a stand-in for GitHub in this one. A package of N
// versions consists of images of three manifests each (index, image, attestation); every image shares its
// attestation with the next one, so that nothing can be said of it without reading both.

#include "bench/common/measure.hpp"
#include "fakes/package_server.hpp"
#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::bench {
namespace {

namespace json = boost::json;

constexpr const char* kRepository = "acme/app";
constexpr const char* kAlone = "--alone";

constexpr std::chrono::minutes kPatience{10};

struct Shape {
    std::size_t versions = 0;
    std::size_t closed_images = 0;  ///< of pull requests that were closed long ago
    std::size_t images_of_one = 0;  ///< of the one pull request whose closing is measured
};

/// Runs the program from this process, and prints what it took. The kernel counts into a process's peak what
/// it was before its exec, a copy of its parent: only a small parent measures memory.
int run_alone(const std::string& program) {
    const support::ChildResult result = support::run({program}, {}, kPatience);
    print({{"seconds", rounded(result.wall.count())},
           {"cpu_seconds", rounded(result.cpu.count())},
           {"peak_mib", rounded(static_cast<double>(result.peak_rss_kib) / 1024)}});
    return 0;
}

/// A package, the newest last.
class Package {
  public:
    Package(const Shape& shape, std::chrono::milliseconds latency) : server_({.latency = latency}) {
        fakes::GithubApi& api = server_.api();
        api.add_account("acme", "Organization");
        api.add_token("ghs_bench", {});
        api.set_branches(kRepository, {"main"});
        const std::size_t images = shape.versions / 3;
        const text::Timestamp long_ago{std::chrono::hours(400'000)};
        std::string attestation;
        for (std::size_t i = 0; i < images; ++i) {
            const text::Timestamp when = long_ago + std::chrono::minutes(i);
            const std::string image = server_.push_image(kRepository, "", fmt::format("image {}", i), when);
            const std::string next =
                server_.push_image(kRepository, "", fmt::format("attestation {}", i), when);
            std::vector<std::string> children{image, next};
            if (!attestation.empty()) children.push_back(attestation);
            server_.push_index(kRepository, tag(shape, images, i), children, when);
            attestation = next;
        }
        for (std::size_t i = images * 3; i < shape.versions; ++i)
            server_.push_image(kRepository, "", fmt::format("leftover {}", i), long_ago);
        kept_ = images - shape.closed_images - shape.images_of_one;
        const auto closed = static_cast<std::uint32_t>(2 + shape.closed_images);
        for (std::uint32_t number = 1; number < closed; ++number)
            api.set_pull_request(kRepository, number, {.open = false, .closed_at = long_ago});
    }

    /// Runs the program once and prints what that took.
    void measure(std::string_view what, const std::string& program, const std::string& event,
                 std::map<std::string, std::string> inputs) {
        const std::size_t requests_before = server_.requests().size();
        const std::size_t versions = server_.api().versions(kRepository).size();
        inputs["GITHUB_EVENT_NAME"] = event;
        const support::ChildResult alone = support::run({"/proc/self/exe", kAlone, program},
                                                        {.environment = environment(inputs)}, kPatience);
        const json::value result = json::parse(alone.out);
        const std::vector<fakes::Seen> requests = server_.requests();
        const auto deletions =
            std::count_if(requests.begin() + static_cast<std::ptrdiff_t>(requests_before), requests.end(),
                          [](const fakes::Seen& seen) { return seen.method == "DELETE"; });
        const std::size_t pages = (versions + 99) / 100;
        json::object line{{"measure", what},
                          {"versions", versions},
                          {"requests", requests.size() - requests_before},
                          {"pages", pages},
                          {"kept_images", kept_},
                          {"deletions", deletions},
                          {"more_than_these", static_cast<std::int64_t>(requests.size() - requests_before) -
                                                  static_cast<std::int64_t>(pages + kept_) - deletions},
                          {"seconds", result.at("seconds")},
                          {"cpu_seconds", result.at("cpu_seconds")},
                          {"peak_mib", result.at("peak_mib")}};
        print(line);
    }

  private:
    static std::string tag(const Shape& shape, std::size_t images, std::size_t i) {
        if (i + shape.images_of_one >= images) return fmt::format("pr-1-{:07x}", i);
        if (i < shape.closed_images) return fmt::format("pr-{}-{:07x}", 2 + i, i);
        return fmt::format("v{}.{}", i / 100, i % 100);
    }

    std::map<std::string, std::string> environment(const std::map<std::string, std::string>& more) {
        json::object payload{{"action", "closed"},
                             {"repository",
                              {{"id", 1},
                               {"default_branch", "main"},
                               {"owner", {{"login", "acme"}, {"type", "Organization"}}}}},
                             {"pull_request",
                              {{"number", 1},
                               {"head", {{"sha", std::string(40, 'a')}, {"ref", "x"}, {"repo", {{"id", 1}}}}},
                               {"base", {{"ref", "main"}}}}}};
        support::write_file(folder_.path() / "event.json", json::serialize(payload));
        std::map<std::string, std::string> all{
            {"GITHUB_API_URL", server_.api_url()},
            {"GITHUB_EVENT_PATH", (folder_.path() / "event.json").string()},
            {"GITHUB_REF", "refs/heads/main"},
            {"GITHUB_REPOSITORY", kRepository},
            {"GITHUB_REPOSITORY_ID", "1"},
            {"GITHUB_RUN_ID", "17"},
            {"GITHUB_SHA", std::string(40, 'b')},
            {"GITHUB_WORKSPACE", folder_.path().string()},
            {"INPUT_CLEANUP-BACKEND", "github"},
            {"INPUT_COMMAND", "cleanup"},
            {"INPUT_REGISTRY", server_.host()},
            {"INPUT_TOKEN", "ghs_bench"}};
        for (const auto& [name, value] : more)
            all[name] = value;
        return all;
    }

    support::TemporaryFolder folder_;
    fakes::PackageServer server_;
    std::size_t kept_ = 0;
};

void measure_closing(const std::string& program, std::size_t versions, std::chrono::milliseconds latency) {
    Package package({.versions = versions, .images_of_one = 2}, latency);
    package.measure("closing a pull request of two images", program, "pull_request", {});
}

void measure_night(const std::string& program, std::size_t versions, std::size_t deletions,
                   std::chrono::milliseconds latency) {
    Package package({.versions = versions, .closed_images = deletions / 3}, latency);
    const std::map<std::string, std::string> cache{{"INPUT_CLEANUP-CACHE", "cache"}};
    std::map<std::string, std::string> dry = cache;
    dry["INPUT_DRY-RUN"] = "true";
    package.measure("nightly: inventory and selection (dry run)", program, "schedule", dry);
    package.measure("nightly: the same the next night, with the cache", program, "schedule", dry);
    package.measure("nightly: everything", program, "schedule", cache);
}

int run(int argc, char** argv) {
    int milliseconds = 20;
    if (argc == 3 && argv[1] == std::string_view(kAlone)) return run_alone(argv[2]);
    if (argc > 1) {
        const std::string_view given(argv[1]);
        std::from_chars(given.data(), given.data() + given.size(), milliseconds);
    }
    const std::chrono::milliseconds latency(milliseconds);
    const std::string program = "build/pr-image";
    measure_closing(program, 2'445, latency);
    measure_night(program, 10'000, 500, latency);
    for (const std::size_t versions : {1'000U, 10'000U, 100'000U})
        measure_closing(program, versions, latency);
    return 0;
}

}  // namespace
}  // namespace pr_image::bench

int main(int argc, char** argv) {
    try {
        return pr_image::bench::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
