#include "docker/progress_log.hpp"

#include "docker/terminal_text.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::docker {
namespace {

constexpr std::size_t kLastLines = 25;
constexpr std::size_t kLongestKept = 2000;
constexpr std::size_t kLongestPartial = 65536;
constexpr std::size_t kLongestName = 300;
constexpr std::size_t kLongestError = 4096;
constexpr std::size_t kCompared = 500;
constexpr std::size_t kMostWarnings = 50;
constexpr std::size_t kMostFailed = 100;
constexpr std::int64_t kNotableContext = 1'000'000;
constexpr std::chrono::nanoseconds kBetweenParts = std::chrono::seconds(5);
// BuildKit first looks a step up, which ends at once, and may then do it in earnest.
constexpr std::chrono::nanoseconds kLookUp = std::chrono::milliseconds(1);
constexpr std::chrono::nanoseconds kNotableAgain = std::chrono::seconds(1);
constexpr std::chrono::nanoseconds kNotablePart = std::chrono::milliseconds(500);

double seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string size(std::int64_t bytes) {
    const auto amount = static_cast<double>(bytes);
    if (bytes < 1'000) return fmt::format("{}B", bytes);
    if (bytes < 1'000'000) return fmt::format("{:.1f}kB", amount / 1e3);
    if (bytes < 1'000'000'000) return fmt::format("{:.1f}MB", amount / 1e6);
    return fmt::format("{:.2f}GB", amount / 1e9);
}

/// Gives text of several lines as one, with one space for each run of white space.
std::string one_line(std::string_view text, std::size_t limit) {
    std::string line;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!space) line += c;
        if (space && !line.empty() && line.back() != ' ') line += ' ';
    }
    return plain_line(text::trim(line), limit);
}

bool is_internal(std::string_view name) {
    return name.starts_with("[internal]");
}

/// A base image, which the cache does not hold: `[1/4] FROM busybox`.
bool is_base(std::string_view name) {
    return name.find("] FROM ") != std::string_view::npos;
}

/// `[2/4]`, `[test 1/2]`, `[linux/arm64 build 3/9]`: what the Dockerfile itself says.
bool is_dockerfile_step(std::string_view name) {
    const std::size_t end = name.find(']');
    return name.starts_with('[') && end != std::string_view::npos &&
           name.substr(0, end).find('/') != std::string_view::npos && text::is_digit(name[end - 1]);
}

/// What buildx does before there is a builder to build on: `[internal] booting buildkit`, with the node's
/// name in the brackets where there are several (buildx, driver/*: `Bootstrap`).
bool is_builder_start(std::string_view name) {
    const std::size_t end = name.find(']');
    if (end == std::string_view::npos || !name.substr(0, end).ends_with("internal")) return false;
    const std::string_view what = text::trim(name.substr(end + 1));
    return what == "booting buildkit" || what == "waiting for connection";
}

bool is_rule(std::string_view line) {
    return line.size() >= 10 && line.find_first_not_of('-') == std::string_view::npos;
}

/// The name of the step that writes a cache (BuildKit, cache/remotecache/*: `Exporter.Name()`).
bool is_cache_export(std::string_view name) {
    return name.starts_with("exporting") && text::to_lower(name).find("cache") != std::string::npos;
}

/// The name of the step that reads one (BuildKit, solver/llbsolver/bridge.go).
bool is_cache_import(std::string_view name) {
    return name.starts_with("importing cache manifest from ");
}

/// What a step did decides what kind of failure its error is, whatever the words of a registry or a proxy in
/// it.
FailureKind kind_of_step(std::string_view name, FailureKind by_words) {
    if (by_words == FailureKind::interrupted) return by_words;
    if (is_cache_export(name)) return FailureKind::cache_export;
    if (is_cache_import(name)) return FailureKind::cache_import;
    return is_builder_start(name) ? FailureKind::builder : by_words;
}

}  // namespace

void ProgressLog::add(const process::Line& line) {
    if (!line.truncated) {
        if (std::optional<SolveStatus> status = parse_solve_status(line.text)) {
            apply(*std::move(status));
            return;
        }
    }
    plain(line.text);
}

void ProgressLog::output(const process::Line& line) {
    last_shown_ = nullptr;
    sink_(plain_line(line.text));
}

void ProgressLog::apply(SolveStatus status) {
    for (const Vertex& vertex : status.vertexes) {
        begin(vertex);
        if (!vertex.completed) continue;
        // A step that ends in the same breath as it prints is shown whole before the next one.
        std::erase_if(status.logs, [&](const VertexLog& log) {
            if (log.vertex == vertex.digest) print(log);
            return log.vertex == vertex.digest;
        });
        std::erase_if(status.statuses, [&](const VertexStatus& part) {
            if (part.vertex == vertex.digest) progress(part);
            return part.vertex == vertex.digest;
        });
        end(vertex);
    }
    for (const VertexLog& log : status.logs)
        print(log);
    for (const VertexStatus& part : status.statuses)
        progress(part);
    for (const VertexWarning& warning : status.warnings)
        add_warning(warning);
}

void ProgressLog::begin(const Vertex& vertex) {
    Step& step = steps_[vertex.digest];
    if (step.name.empty()) step.name = one_line(vertex.name, kLongestName);
    if (!vertex.started) return;
    if (!step.started) step.started = vertex.started;
    if (!step.exports_cache && !vertex.completed && is_cache_export(step.name)) {
        step.exports_cache = true;
        ++cache_exports_;
    }
    announce(step);
}

void ProgressLog::end(const Vertex& vertex) {
    if (!vertex.completed || !vertex.started) return;
    Step& step = steps_[vertex.digest];
    if (std::exchange(step.exports_cache, false)) --cache_exports_;
    if (step.ended && *vertex.completed <= *step.ended) return;
    const Instant from = step.ended ? std::max(*step.ended, *vertex.started) : *vertex.started;
    const std::chrono::nanoseconds spent = *vertex.completed - from;
    step.spent += spent;
    step.ended = vertex.completed;
    step.cached = vertex.cached;
    flush(step);

    std::string outcome = "DONE";
    if (!vertex.error.empty()) {
        step.error = vertex.error;
        const bool canceled = failure_kind(vertex.error) == FailureKind::interrupted;
        if (!canceled && is_cache_export(step.name))
            unwritten_caches_.push_back(one_line(vertex.error, kLongestKept));
        outcome = canceled ? "CANCELED" : "ERROR: " + one_line(vertex.error, kLongestKept);
        if (failed_.size() < kMostFailed && std::ranges::find(failed_, &step) == failed_.end()) {
            failed_.push_back(&step);
        }
    } else if (vertex.cached) {
        outcome = "CACHED";
    }
    const bool done = outcome == "DONE";
    if (done && spent < kLookUp) return;
    if (step.quiet && step.outcome == outcome && step.spent - step.shown_spent < kNotableAgain) return;
    step.outcome = outcome;
    step.shown_spent = step.spent;
    if (done) outcome += fmt::format(" {:.1f}s", seconds(step.spent));
    if (last_shown_ != &step) outcome += fmt::format(" {}", step.name);
    show(step, outcome);
    step.quiet = true;
    if (step.error.empty()) step.last_lines.clear();
    step.parts.clear();
}

void ProgressLog::note_push(const VertexStatus& status) {
    // "pushing manifest for NAME:TAG@DIGEST" (BuildKit, util/push).
    constexpr std::string_view kPush = "pushing manifest for ";
    const std::size_t at = status.id.rfind('@');
    if (!status.completed || !status.id.starts_with(kPush) || at == std::string::npos) return;
    pushed_[status.id.substr(kPush.size(), at - kPush.size())] = status.id.substr(at + 1);
}

void ProgressLog::progress(const VertexStatus& status) {
    note_push(status);
    const auto found = steps_.find(status.vertex);
    if (found == steps_.end() || status.id.starts_with("resolve ")) return;
    Step& step = found->second;
    if (is_internal(step.name) && status.current < kNotableContext) return;
    Part& part = step.parts[status.id];
    if (!part.shown) part.shown = status.started;
    if (part.completed || !part.shown || !status.started) return;
    const std::optional<Instant>& now = status.completed ? status.completed : status.timestamp;
    const std::chrono::nanoseconds notable = status.completed ? kNotablePart : kBetweenParts;
    if (!now || *now - (status.completed ? *status.started : *part.shown) < notable) return;
    part.shown = now;
    part.completed = status.completed.has_value();

    std::string shown = one_line(status.id, kLongestName);
    if (status.total > 0 && !status.completed) {
        shown += fmt::format(" {} / {}", size(status.current), size(status.total));
    } else if (status.current > 0) {
        shown += fmt::format(" {}", size(status.current));
    }
    show(step, fmt::format("{} {:.1f}s{}", shown, seconds(*now - *status.started),
                           status.completed ? "" : " so far"));
}

void ProgressLog::print(const VertexLog& log) {
    const auto found = steps_.find(log.vertex);
    if (found == steps_.end()) return;
    Step& step = found->second;
    std::string& partial = step.partial[log.stream == 2 ? 1 : 0];
    std::string_view data = log.data;
    for (std::size_t end = data.find('\n'); end != std::string_view::npos; end = data.find('\n')) {
        partial += data.substr(0, end);
        data.remove_prefix(end + 1);
        print_line(step, std::exchange(partial, {}), log.timestamp);
    }
    partial += data;
    // A progress bar rewrites its line for ever; only its last state will be shown.
    const std::size_t rewrite = partial.find_last_of('\r', partial.size() < 2 ? 0 : partial.size() - 2);
    if (rewrite != std::string::npos && rewrite > 0) partial.erase(0, rewrite);
    if (partial.size() > kLongestPartial) print_line(step, std::exchange(partial, {}), log.timestamp);
}

void ProgressLog::print_line(Step& step, std::string_view line, std::optional<Instant> time) {
    const std::string text = plain_line(line);
    step.last_lines.push_back(text.size() > kLongestKept ? plain_line(text, kLongestKept) : text);
    if (step.last_lines.size() > kLastLines) step.last_lines.pop_front();
    const std::chrono::nanoseconds since = time && step.started ? *time - *step.started : step.spent;
    show(step, fmt::format("{:.2f} {}", seconds(since), text));
}

void ProgressLog::flush(Step& step) {
    for (std::string& partial : step.partial) {
        if (!partial.empty()) print_line(step, std::exchange(partial, {}), step.ended);
    }
}

void ProgressLog::finish() {
    for (auto& [digest, step] : steps_)
        flush(step);
}

void ProgressLog::plain(std::string_view line) {
    const std::string text = plain_line(line);
    constexpr std::string_view kError = "ERROR: ";
    if (text.starts_with(kError)) {
        error_ = text.substr(kError.size());
    } else if (!error_.empty()) {
        // buildx says nothing after its error, which may have several lines.
        if (error_.size() + text.size() < kLongestError) error_ += " " + text;
    } else if (is_rule(text)) {
        const std::size_t colon = previous_plain_.rfind(':');
        const std::string_view digits = colon == std::string::npos
                                            ? std::string_view()
                                            : std::string_view(previous_plain_).substr(colon + 1);
        const auto number = text::parse_number<std::uint32_t>(digits);
        if (number && colon > 0) {
            file_ = previous_plain_.substr(0, colon);
            line_ = *number;
        }
    }
    previous_plain_ = text;
    last_shown_ = nullptr;
    sink_(text);
}

void ProgressLog::announce(Step& step) {
    if (step.number != 0) return;
    step.number = next_number_++;
    show(step, step.name);
}

void ProgressLog::show(Step& step, std::string_view text) {
    announce(step);
    last_shown_ = &step;
    step.quiet = false;
    sink_(fmt::format("#{} {}", step.number, text));
}

void ProgressLog::add_warning(const VertexWarning& warning) {
    const bool known = std::ranges::any_of(warnings_, [&](const VertexWarning& other) {
        return other.message == warning.message && other.line == warning.line;
    });
    if (!known && warnings_.size() < kMostWarnings) warnings_.push_back(warning);
}

/// The step whose error is the build's: with `ignore-error` a cache that could not be written is a failed
/// step of a build that goes on, and what fails after it has an error of its own.
const ProgressLog::Step* ProgressLog::failed_step() const {
    const std::string whole = one_line(error_, kLongestError);
    const Step* canceled = nullptr;
    const Step* other = nullptr;
    for (const Step* step : failed_) {
        if (failure_kind(step->error) == FailureKind::interrupted) {
            if (canceled == nullptr) canceled = step;
            continue;
        }
        if (whole.empty() || whole.contains(one_line(step->error, kLongestError).substr(0, kCompared)))
            return step;
        const bool of_cache = is_cache_export(step->name) || is_cache_import(step->name);
        if (other == nullptr && !of_cache) other = step;
    }
    return other != nullptr ? other : canceled;
}

BuildFailure ProgressLog::failure() const {
    BuildFailure failure;
    const Step* step = failed_step();
    const bool from_step = error_.empty() && step != nullptr;
    failure.error = one_line(from_step ? step->error : error_, kLongestError);
    failure.kind = failure_kind(failure.error);
    failure.cause = failure_cause(failure.error);
    failure.reason = short_reason(failure.error);
    failure.file = file_;
    failure.line = line_;
    if (step != nullptr) {
        failure.kind = kind_of_step(step->name, failure.kind);
        if (failure.kind == FailureKind::builder || is_dockerfile_step(step->name)) failure.step = step->name;
        failure.last_lines.assign(step->last_lines.begin(), step->last_lines.end());
    }
    return failure;
}

ProgressLog::Count ProgressLog::count() const {
    Count count;
    for (const auto& [digest, step] : steps_) {
        if (!step.ended || !is_dockerfile_step(step.name) || is_base(step.name)) continue;
        ++count.steps;
        if (step.cached) ++count.cached;
    }
    return count;
}

}  // namespace pr_image::docker
