// What handing an image over to a later job costs. Prints JSON lines; nothing here passes or fails.
//   scripts/bench handover [MB…]    images of so many megabytes (default 50 500 1500), and a 1 GiB artifact
//
// Everything runs on this machine, not in a container: `build/pr-image` with a registry on loopback and the
// Results service's stand-in as a process of its own. The images' content is random, so nothing shrinks.

#include "bench/common/job.hpp"
#include "bench/common/measure.hpp"
#include "fakes/run_coroutine.hpp"
#include "github/artifacts/blob_download.hpp"
#include "github/artifacts/stored_artifact.hpp"
#include "github/artifacts/upload.hpp"
#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/strings.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

namespace pr_image::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace artifacts = github::artifacts;
using support::ChildResult;

constexpr std::size_t kMegabyte = 1'000'000;
constexpr auto kLongest = std::chrono::minutes(10);
constexpr const char* kArtifact = "image.tar";
constexpr const char* kAs = "test:latest";

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

/// What one program costs, as the middle of several runs.
class Cost {
  public:
    Cost(std::string_view what, std::size_t bytes)
        : what_(what), megabytes_(static_cast<double>(bytes) / static_cast<double>(kMegabyte)) {}

    void run(const std::vector<std::string>& argv) {
        const ChildResult result = support::run(argv, {}, kLongest);
        walls_.push_back(result.wall.count());
        cpus_.push_back(result.cpu.count());
        peaks_.push_back(static_cast<double>(result.peak_rss_kib) / 1024);
    }

    [[nodiscard]] double wall() const { return median(walls_); }
    [[nodiscard]] double cpu() const { return median(cpus_); }

    void show() const {
        print({{"measure", what_},
               {"runs", walls_.size()},
               {"median_seconds", rounded(wall())},
               {"median_cpu_seconds", rounded(cpu())},
               {"mb_per_second", rounded(megabytes_ / wall())},
               {"peak_mib", rounded(*std::ranges::max_element(peaks_))}});
    }

  private:
    std::string what_;
    double megabytes_;
    std::vector<double> walls_, cpus_, peaks_;
};

void measure_artifact() {
    constexpr std::size_t kSize = std::size_t{1} << 30U;
    constexpr int kRounds = 4;
    const support::TemporaryFolder folder("pr-image-bench-");
    const std::string file = folder.path() / "image.tar";
    write_random(file, kSize);
    // What the kernel still has to write would be counted to whoever runs meanwhile.
    ::sync();
    const std::string self = fs::read_symlink("/proc/self/exe");
    Cost hash("openssl dgst -sha256 of 1 GiB", kSize);
    Cost sent("artifact, 1 GiB: upload", kSize);
    Cost received("artifact, 1 GiB: download", kSize);
    Cost zip("deflate of 1 GiB alone (gzip -6), without any upload", kSize);
    for (int round = 0; round < kRounds; ++round) {
        const Service service;
        hash.run({"openssl", "dgst", "-sha256", file});
        sent.run({self, "--upload", service.url, service.token, file});
        received.run({self, "--download", service.url, service.token});
    }
    zip.run({"gzip", "-6", "--keep", file});
    for (const Cost* cost : {&hash, &sent, &received, &zip})
        cost->show();
    print({{"measure", "artifact, 1 GiB: ratios"},
           {"upload_cpu_beyond_openssl_seconds", rounded(sent.cpu() - hash.cpu())},
           {"download_cpu_beyond_openssl_seconds", rounded(received.cpu() - hash.cpu())},
           {"upload_throughput_to_zip", rounded(zip.wall() / sent.wall())},
           {"download_throughput_to_zip", rounded(zip.wall() / received.wall())}});
}

/// A pull request whose image is one layer of random bytes, and its jobs on this machine.
class Run {
  public:
    Run(std::size_t megabytes, const e2e::PullRequestSpec& spec)
        : job_(spec, {{"Dockerfile", "FROM scratch\nCOPY data /data\n"}, {".gitignore", "data\n"}},
               {{"change", "1\n"}}) {
        write_random(job_.workspace() / "data", megabytes * kMegabyte);
        step({{"INPUT_COMMAND", "build"}});
    }

    ~Run() { forget(true); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    ChildResult step(std::map<std::string, std::string> more) const {
        more.insert({{"ACTIONS_RESULTS_URL", service_.url}, {"ACTIONS_RUNTIME_TOKEN", service_.token}});
        return support::run({fs::absolute("build/pr-image")}, job_.options(std::move(more)), kLongest);
    }

    /// Makes this a machine that has no image, and no build cache unless that is what is measured.
    void forget(bool cache) const {
        support::try_run({"docker", "image", "rm", "--force", job_.tagged(), kAs});
        support::try_run({"docker", "image", "prune", "--force"});
        if (cache) support::try_run({"docker", "builder", "prune", "--all", "--force"});
    }

    [[nodiscard]] std::string tagged() const { return job_.tagged(); }

  private:
    Job job_;
    Service service_;
};

/// What went over loopback, where the registry and the stand-in are; a load into the engine does not.
std::uint64_t bytes_moved() {
    return std::stoull(support::read_file("/sys/class/net/lo/statistics/rx_bytes"));
}

struct Sample {
    double seconds = 0;
    double megabytes = 0;
    double peak_mib = 0;
};

/// Times several ways to get the same image, each on a machine without it: every round takes all of them,
/// every other round in reverse, so that none always comes after the same one.
class Race {
  public:
    struct Contender {
        std::string name;
        bool keeps_build_cache;
        std::function<std::vector<ChildResult>()> get;
        std::vector<Sample> samples{};
    };

    Race(std::size_t megabytes, const Run& run, std::vector<Contender> contenders)
        : contenders_(std::move(contenders)) {
        // What the disk is busy with decides single runs.
        const int rounds = megabytes < 1000 ? 8 : 4;
        for (int round = 0; round < rounds; ++round) {
            for (Contender& contender : contenders_)
                take(contender, run);
            std::ranges::reverse(contenders_);
        }
        for (const Contender& contender : contenders_) {
            print({{"measure", contender.name},
                   {"image_mb", megabytes},
                   {"runs", contender.samples.size()},
                   {"median_seconds", rounded(middle(contender, &Sample::seconds))},
                   {"moved_mb", rounded(middle(contender, &Sample::megabytes))},
                   {"peak_mib", rounded(middle(contender, &Sample::peak_mib))}});
        }
    }

    [[nodiscard]] double seconds(std::string_view name) const {
        return middle(*std::ranges::find(contenders_, name, &Contender::name), &Sample::seconds);
    }

  private:
    static void take(Contender& contender, const Run& run) {
        run.forget(!contender.keeps_build_cache);
        const std::uint64_t before = bytes_moved();
        Sample sample;
        for (const ChildResult& part : contender.get()) {
            sample.seconds += part.wall.count();
            sample.peak_mib = std::max(sample.peak_mib, static_cast<double>(part.peak_rss_kib) / 1024);
        }
        sample.megabytes = static_cast<double>(bytes_moved() - before) / static_cast<double>(kMegabyte);
        contender.samples.push_back(sample);
    }

    static double middle(const Contender& contender, double Sample::* value) {
        std::vector<double> values;
        values.reserve(contender.samples.size());
        for (const Sample& sample : contender.samples)
            values.push_back(sample.*value);
        return median(std::move(values));
    }

    std::vector<Contender> contenders_;
};

void measure_handover(std::size_t megabytes) {
    const std::string ours = "pull: registry";
    const std::string bare = "docker pull, docker tag";
    const auto pull = [](const Run& run, const char* from) {
        return std::vector{
            run.step({{"INPUT_COMMAND", "pull"}, {"INPUT_HANDOVER", from}, {"INPUT_AS", kAs}})};
    };
    {
        const Run run(megabytes, {});
        const Race race(megabytes, run,
                        {{ours, false, [&] { return pull(run, "registry"); }},
                         {bare, false, [&] {
                              return std::vector{
                                  support::run({"docker", "pull", "--quiet", run.tagged()}, {}, kLongest),
                                  support::run({"docker", "tag", run.tagged(), kAs})};
                          }}});
        print({{"measure", "pull: ratio to docker pull, docker tag"},
               {"image_mb", megabytes},
               {"ratio", rounded(race.seconds(ours) / race.seconds(bare))}});
    }
    {
        const Run run(megabytes, e2e::from_fork());
        const Race artifact(megabytes, run,
                            {{"pull: artifact", false, [&] { return pull(run, "artifact"); }}});
    }
    const Run run(megabytes, e2e::from_fork());
    const Race rebuild(megabytes, run,
                       {{"pull: rebuild from the engine's cache", true, [&] { return pull(run, "cache"); }}});
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
