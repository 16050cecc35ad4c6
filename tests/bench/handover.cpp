// What handing an image over to a later job costs. Prints JSON lines; nothing here passes or fails.
//   scripts/bench handover [MB…]    images of so many megabytes (default 50 500 1500), and a 1 GiB artifact
//
// Everything runs on this machine, not in a container: `build/pr-image` with a registry on loopback and the
// Results service's stand-in as a process of its own. The images' content is random, so nothing shrinks.

#include "e2e/checkout.hpp"
#include "e2e/event.hpp"
#include "fakes/run_coroutine.hpp"
#include "github/artifacts/blob_download.hpp"
#include "github/artifacts/stored_artifact.hpp"
#include "github/artifacts/upload.hpp"
#include "support/child_process.hpp"
#include "support/docker_registry.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/strings.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace pr_image::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace artifacts = github::artifacts;
using support::ChildOptions;
using support::ChildResult;

constexpr std::size_t kMegabyte = 1'000'000;
constexpr auto kLongest = std::chrono::minutes(10);
constexpr const char* kArtifact = "image.tar";

void print(const json::object& line) {
    fmt::print("{}\n", json::serialize(line));
    std::fflush(stdout);
}

double rounded(double value) {
    return std::round(value * 1000) / 1000;
}

void write_random(const fs::path& path, std::size_t size) {
    std::ofstream file(path, std::ios::binary);
    std::mt19937_64 random(42);
    std::vector<std::uint64_t> block(std::size_t{128} * 1024);
    for (std::size_t left = size; left > 0;) {
        std::ranges::generate(block, std::ref(random));
        const std::size_t now = std::min(left, block.size() * sizeof(std::uint64_t));
        file.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(now));
        left -= now;
    }
}

/// The Results service's stand-in, in a process of its own.
class Service {
  public:
    Service() : child_({fs::absolute("build/fake-results-service"), "--until-killed", "yes"}) {
        child_.pump_until([this] { return child_.out().find('\n') != std::string::npos; }, kLongest);
        const json::value said = json::parse(text::trim(child_.out()));
        url = std::string(said.at("url").as_string());
        token = std::string(said.at("token").as_string());
    }

    std::string url;
    std::string token;

  private:
    support::ChildProcess child_;
};

// The client alone: this program started once more, so that its memory and CPU time are its own.

artifacts::ResultsService open_service(boost::asio::io_context& loop, const std::string& url,
                                       const std::string& token) {
    const http::Client client(loop.get_executor(), {});
    return artifacts::ResultsService::open(client, url, token, [](std::string_view) {}).value();
}

int upload_only(const std::string& url, const std::string& token, const std::string& file) {
    boost::asio::io_context loop;
    const auto uploaded = fakes::run_coroutine(
        loop,
        artifacts::upload(open_service(loop, url, token), ArtifactName::parse(kArtifact).value(), file, {}));
    if (!uploaded) fmt::print(stderr, "{}\n", text::to_string(uploaded.error()));
    return uploaded ? 0 : 1;
}

int download_only(const std::string& url, const std::string& token) {
    boost::asio::io_context loop;
    const artifacts::ResultsService service = open_service(loop, url, token);
    const auto found = fakes::run_coroutine(
        loop, artifacts::find_in_this_run(service, ArtifactName::parse(kArtifact).value()));
    if (!found || !*found) return 1;
    artifacts::ContentSink sink;
    sink.write = [](std::string_view) -> boost::asio::awaitable<Result<void>> { co_return Result<void>(); };
    const auto received = fakes::run_coroutine(
        loop, artifacts::download_blob(service.client(), (*found)->locate, (*found)->digest, sink, {}));
    if (!received) fmt::print(stderr, "{}\n", text::to_string(received.error()));
    return received ? 0 : 1;
}

ChildResult measured(std::string_view what, const std::vector<std::string>& argv, std::size_t bytes) {
    const ChildResult result = support::run(argv, {}, kLongest);
    const double megabytes = static_cast<double>(bytes) / static_cast<double>(kMegabyte);
    print({{"measure", what},
           {"seconds", rounded(result.wall.count())},
           {"cpu_seconds", rounded(result.cpu.count())},
           {"mb_per_second", rounded(megabytes / result.wall.count())},
           {"peak_mib", rounded(static_cast<double>(result.peak_rss_kib) / 1024)}});
    return result;
}

void measure_artifact() {
    constexpr std::size_t kSize = std::size_t{1} << 30U;
    const support::TemporaryFolder folder("pr-image-bench-");
    const std::string file = folder.path() / "image.tar";
    write_random(file, kSize);
    const Service service;
    const std::string self = fs::read_symlink("/proc/self/exe");
    const ChildResult hash =
        measured("openssl dgst -sha256 of 1 GiB", {"openssl", "dgst", "-sha256", file}, kSize);
    const ChildResult sent =
        measured("artifact, 1 GiB: upload", {self, "--upload", service.url, service.token, file}, kSize);
    const ChildResult received =
        measured("artifact, 1 GiB: download", {self, "--download", service.url, service.token}, kSize);
    const ChildResult zip = measured("deflate of 1 GiB alone (gzip -6), without any upload",
                                     {"gzip", "-6", "--keep", file}, kSize);
    print({{"measure", "artifact, 1 GiB: ratios"},
           {"upload_cpu_beyond_openssl_seconds", rounded((sent.cpu - hash.cpu).count())},
           {"download_cpu_beyond_openssl_seconds", rounded((received.cpu - hash.cpu).count())},
           {"upload_throughput_to_zip", rounded(zip.wall.count() / sent.wall.count())},
           {"download_throughput_to_zip", rounded(zip.wall.count() / received.wall.count())}});
}

/// A pull request whose image is one layer of random bytes, as its jobs on this machine see it.
class Run {
  public:
    Run(std::size_t megabytes, const e2e::PullRequestSpec& spec)
        : workspace_(folder_.path() / "work" / "App") {
        const e2e::Repository repository;
        const e2e::Commits commits =
            e2e::Checkout(repository.full_name())
                .pull_request(workspace_,
                              {{"Dockerfile", "FROM scratch\nCOPY data /data\n"}, {".gitignore", "data\n"}},
                              {{"change", "1\n"}}, spec.number);
        write_random(workspace_ / "data", megabytes * kMegabyte);
        const e2e::Event event = e2e::pull_request(spec, commits);
        support::write_file(folder_.path() / "event.json", json::serialize(event.payload));
        fs::create_directories(folder_.path() / "temp");
        variables_ = {{"GITHUB_ACTIONS", "true"},
                      {"GITHUB_ACTOR", event.actor.login},
                      {"GITHUB_API_URL", "http://127.0.0.1:9"},
                      {"GITHUB_BASE_REF", event.base_ref},
                      {"GITHUB_EVENT_NAME", event.name},
                      {"GITHUB_EVENT_PATH", folder_.path() / "event.json"},
                      {"GITHUB_HEAD_REF", event.head_ref},
                      {"GITHUB_OUTPUT", folder_.path() / "output"},
                      {"GITHUB_REF", event.ref},
                      {"GITHUB_REPOSITORY", repository.full_name()},
                      {"GITHUB_REPOSITORY_ID", std::to_string(repository.id)},
                      {"GITHUB_RUN_ATTEMPT", "1"},
                      {"GITHUB_RUN_ID", "1658821493"},
                      {"GITHUB_SERVER_URL", "https://github.com"},
                      {"GITHUB_SHA", event.sha},
                      {"GITHUB_STEP_SUMMARY", folder_.path() / "summary"},
                      {"GITHUB_WORKSPACE", workspace_},
                      {"HOME", folder_.path()},
                      {"ACTIONS_RESULTS_URL", service_.url},
                      {"ACTIONS_RUNTIME_TOKEN", service_.token},
                      {"INPUT_CACHE", "none"},
                      {"INPUT_REGISTRY", registry_.host()},
                      {"RUNNER_TEMP", folder_.path() / "temp"}};
        tag_ = fmt::format("{}/acme/app:pr-{}-{}", registry_.host(), spec.number, commits.head);
    }

    ~Run() { forget(true); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    ChildResult step(std::map<std::string, std::string> more) const {
        for (const auto* name : {"output", "summary"})
            support::write_file(folder_.path() / name, "");
        more.insert(variables_.begin(), variables_.end());
        return support::run({fs::absolute("build/pr-image")},
                            {.environment = std::move(more), .directory = workspace_}, kLongest);
    }

    /// Makes this a machine that has no image, and no build cache unless that is what is measured.
    void forget(bool cache) const {
        support::try_run({"docker", "image", "rm", "--force", tag_});
        support::try_run({"docker", "image", "prune", "--force"});
        if (cache) support::try_run({"docker", "builder", "prune", "--all", "--force"});
    }

    [[nodiscard]] const std::string& tag() const { return tag_; }

  private:
    support::TemporaryFolder folder_{"pr-image-bench-"};
    support::DockerRegistry registry_;
    Service service_;
    fs::path workspace_;
    std::string tag_;
    std::map<std::string, std::string> variables_;
};

void print_pull(std::string_view what, std::size_t megabytes, std::size_t moved, const ChildResult& result) {
    print({{"measure", what},
           {"image_mb", megabytes},
           {"seconds", rounded(result.wall.count())},
           {"moved_mb", moved},
           {"peak_mib", rounded(static_cast<double>(result.peak_rss_kib) / 1024)}});
}

void measure_handover(std::size_t megabytes) {
    {
        const Run run(megabytes, {});
        run.step({{"INPUT_COMMAND", "build"}});
        run.forget(true);
        const ChildResult ours = run.step({{"INPUT_COMMAND", "pull"}, {"INPUT_AS", "test:latest"}});
        print_pull("pull: registry", megabytes, megabytes, ours);
        support::try_run({"docker", "image", "rm", "--force", "test:latest"});
        run.forget(true);
        const ChildResult pulled = support::run({"docker", "pull", "--quiet", run.tag()}, {}, kLongest);
        const ChildResult tagged = support::run({"docker", "tag", run.tag(), "test:latest"});
        support::try_run({"docker", "image", "rm", "--force", "test:latest"});
        print({{"measure", "docker pull, docker tag"},
               {"image_mb", megabytes},
               {"seconds", rounded((pulled.wall + tagged.wall).count())}});
        print({{"measure", "pull: ratio to docker pull, docker tag"},
               {"image_mb", megabytes},
               {"ratio", rounded(ours.wall.count() / (pulled.wall + tagged.wall).count())}});
    }
    const Run run(megabytes, e2e::from_fork());
    run.step({{"INPUT_COMMAND", "build"}});
    run.forget(false);
    print_pull("pull: rebuild from the engine's cache", megabytes, 0,
               run.step({{"INPUT_COMMAND", "pull"}, {"INPUT_HANDOVER", "cache"}}));
    run.forget(true);
    print_pull("pull: artifact", megabytes, megabytes,
               run.step({{"INPUT_COMMAND", "pull"}, {"INPUT_HANDOVER", "artifact"}}));
}

}  // namespace
}  // namespace pr_image::bench

int main(int argc, char** argv) {
    using namespace pr_image;
    std::vector<std::string> arguments(argv + 1, argv + argc);
    try {
        if (arguments.size() == 4 && arguments[0] == "--upload")
            return bench::upload_only(arguments[1], arguments[2], arguments[3]);
        if (arguments.size() == 3 && arguments[0] == "--download")
            return bench::download_only(arguments[1], arguments[2]);
        bench::measure_artifact();
        if (arguments.empty()) arguments = {"50", "500", "1500"};
        for (const std::string& argument : arguments)
            bench::measure_handover(std::stoul(argument));
    } catch (const std::exception& problem) {
        fmt::print(stderr, "{}\n", problem.what());
        return 1;
    }
    return 0;
}
