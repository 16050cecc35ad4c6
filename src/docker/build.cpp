#include "docker/build.hpp"

#include "async/sleep.hpp"
#include "process/read_file.hpp"
#include "process/subprocess.hpp"
#include "text/duration.hpp"
#include "text/try.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <utility>

namespace pr_image::docker {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// buildx says something at least every few seconds while it works, but a step of the Dockerfile may be quiet.
constexpr std::chrono::minutes kHung{5};
constexpr std::chrono::seconds kTick{1};

// A status names every step at once when a build begins, and a warning quotes the whole Dockerfile.
constexpr std::size_t kLongestStatus = std::size_t{8} << 20U;
constexpr std::size_t kLargestMetadata = std::size_t{16} << 20U;

Result<BuildMetadata> read_metadata(const std::string& path) {
    TRY_ASSIGN(const std::optional<std::string> content, process::read_file(path, kLargestMetadata));
    if (!content) return BuildMetadata{};
    return parse_build_metadata(*content);
}

/// What is known of a build that is under way, and why it was ended before its time.
struct Watch {
    struct Verdict {
        FailureKind kind;
        FailureCause cause;
        std::string reason;
    };
    const ProgressLog& progress;
    milliseconds time_limit;
    milliseconds cache_export_patience;
    Clock::time_point began = Clock::now();
    Clock::time_point last_line = began;
    std::optional<Verdict> verdict = std::nullopt;
};

std::string shown(milliseconds duration) {
    return text::to_string(std::chrono::ceil<std::chrono::seconds>(duration));
}

std::optional<Watch::Verdict> judge(const Watch& watch, Clock::time_point now) {
    const auto silent = std::chrono::duration_cast<milliseconds>(now - watch.last_line);
    if (watch.progress.is_exporting_cache() && silent >= watch.cache_export_patience) {
        return Watch::Verdict{FailureKind::cache_export, FailureCause::lasting,
                              fmt::format("the cache was written without any progress for {}",
                                          shown(watch.cache_export_patience))};
    }
    if (watch.time_limit.count() == 0 || now - watch.began < watch.time_limit) return std::nullopt;
    const bool hung = silent >= std::min<milliseconds>(kHung, watch.time_limit / 2);
    return Watch::Verdict{
        FailureKind::timed_out, hung ? FailureCause::timeout : FailureCause::lasting,
        fmt::format("the build took longer than {}{}", shown(watch.time_limit),
                    hung ? fmt::format(", and said nothing for the last {}", shown(silent)) : "")};
}

/// Ends the program when it has to; never ends by itself, so that the program's own end is what is waited
/// for.
asio::awaitable<void> keep_watch(Watch& watch, process::Subprocess& subprocess) {
    const milliseconds tick = std::min<milliseconds>(kTick, watch.cache_export_patience / 4);
    for (;;) {
        const bool slept = co_await async::sleep_for(tick);
        if (!slept) co_return;
        if (watch.verdict) continue;
        watch.verdict = judge(watch, Clock::now());
        if (watch.verdict) subprocess.terminate(SIGTERM, process::kGrace);
    }
}

/// buildx ends `--call=check` with the status that its frontend asks for, and prints no error then.
void add_findings(BuildResult& result) {
    const std::vector<VertexWarning>& findings = result.metadata.checks;
    result.checks.insert(result.checks.end(), findings.begin(), findings.end());
    if (!result.failure || !result.failure->error.empty() || findings.empty()) return;
    result.failure->kind = FailureKind::checks;
    result.failure->reason =
        findings.size() == 1 ? fmt::format("1 finding: {}", text::printable(findings.front().message, 300))
                             : fmt::format("{} findings, the first of them: {}", findings.size(),
                                           text::printable(findings.front().message, 300));
}

}  // namespace

boost::asio::awaitable<Result<BuildResult>> run_build(BuildCommand command, LineSink sink,
                                                      process::Interruption* interruption) {
    using asio::experimental::awaitable_operators::operator||;
    ProgressLog progress(std::move(sink));
    Watch watch{.progress = progress,
                .time_limit = command.time_limit,
                .cache_export_patience = command.cache_export_patience};
    process::Command buildx;
    buildx.argv = std::move(command.argv);
    buildx.environment = std::move(command.environment);
    buildx.directory = std::move(command.directory);
    buildx.line_limit = kLongestStatus;
    buildx.on_stderr = [&progress, &watch](const process::Line& line) {
        watch.last_line = Clock::now();
        progress.add(line);
    };
    buildx.on_stdout = [&progress, &watch](const process::Line& line) {
        watch.last_line = Clock::now();
        progress.output(line);
    };
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    CO_TRY_ASSIGN(process::Subprocess subprocess, process::Subprocess::start(executor, std::move(buildx)));
    process::Interruption::Subscription subscription;
    if (interruption != nullptr) {
        subscription = interruption->subscribe(
            [&subprocess](int number) { subprocess.terminate(number, process::kGrace); });
    }
    auto either = subprocess.wait() || keep_watch(watch, subprocess);
    const auto ended = co_await std::move(either);
    if (ended.index() == 1) co_return text::fail("Build stopped", "its result is no longer wanted");
    CO_TRY_ASSIGN(const process::ExitStatus exit, std::get<0>(ended));
    progress.finish();

    BuildResult result{.exit = exit,
                       .failure = {},
                       .metadata = {},
                       .checks = progress.warnings(),
                       .unwritten_caches = progress.unwritten_caches(),
                       .pushed = progress.pushed(),
                       .steps = progress.count()};
    if (!exit.ok()) {
        result.failure = progress.failure();
        if (watch.verdict) {
            result.failure->kind = watch.verdict->kind;
            result.failure->cause = watch.verdict->cause;
            result.failure->reason = result.failure->error = watch.verdict->reason;
        }
        if (interruption != nullptr && interruption->signal())
            result.failure->kind = FailureKind::interrupted;
        if (result.failure->reason.empty()) result.failure->reason = process::to_string(exit);
    }
    Result<BuildMetadata> metadata = read_metadata(command.metadata_file);
    if (metadata) {
        result.metadata = *std::move(metadata);
        add_findings(result);
    } else if (exit.ok()) {
        co_return std::unexpected(std::move(metadata.error()));
    }
    co_return result;
}

std::string dockerfile_path(std::string_view reported, const plan::BuildRequest& request,
                            const std::string& workspace) {
    namespace fs = std::filesystem;
    const fs::path file = request.file.text.empty() ? fs::path(request.context.text) / "Dockerfile"
                                                    : fs::path(request.file.text);
    if (!file.is_absolute() || file.filename() != reported) return {};
    std::string relative = file.lexically_relative(workspace).generic_string();
    if (relative.empty() || relative.starts_with("..") ||
        relative != text::printable(relative, relative.size())) {
        return {};
    }
    return relative;
}

}  // namespace pr_image::docker
