#include "docker/retry.hpp"

#include "async/retry_policy.hpp"
#include "plan/build/cache.hpp"
#include "text/duration.hpp"
#include "text/reference.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pr_image::docker {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kMaxWait{2};        // of one that we choose ourselves
constexpr std::chrono::minutes kMaxAskedWait{15};  // of one that a server asks for
constexpr std::size_t kLongestReason = 300;

bool mentions(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Whether the error is of this cache, as far as one can tell from its text. The addresses of a registry
/// cache's blobs have `host/v2/path`.
bool speaks_of(std::string_view error, const plan::CacheEntry& entry) {
    if (mentions(error, fmt::format("{} cache ", to_string(entry.type)))) return true;
    if (entry.type == plan::CacheType::gha) {
        constexpr std::array<std::string_view, 4> kService{"BlobNotFound", ".blob.core.windows.net",
                                                           "CacheService", "GitHub Actions Cache"};
        return std::ranges::any_of(kService, [&](std::string_view sign) { return mentions(error, sign); });
    }
    if (!entry.reference) return false;
    const ImageName& name = entry.reference->name;
    const std::string host = name.host() == "docker.io" ? "registry-1.docker.io" : name.host();
    return mentions(error, fmt::format("{}/v2/{}/", host, name.path()));
}

std::vector<plan::CacheEntry> named_entries(std::string_view error,
                                            const std::vector<plan::CacheEntry>& entries) {
    std::vector<plan::CacheEntry> named;
    for (const plan::CacheEntry& entry : entries) {
        if (speaks_of(error, entry)) named.push_back(entry);
    }
    return named;
}

/// The entries that the error speaks of; all of them when it speaks of none.
std::vector<plan::CacheEntry> broken_entries(std::string_view error,
                                             const std::vector<plan::CacheEntry>& entries) {
    std::vector<plan::CacheEntry> named = named_entries(error, entries);
    return named.empty() ? entries : named;
}

std::string listed(const std::vector<plan::CacheEntry>& entries) {
    std::vector<std::string> shown;
    shown.reserve(entries.size());
    for (const plan::CacheEntry& entry : entries)
        shown.push_back(entry.shown());
    return text::join(shown, " and ");
}

/// A layer that nobody holds any more. BuildKit's error does not say whether the base image or a cache named
/// it; without the caches that is found out.
bool is_missing_layer(const BuildFailure& failure) {
    return mentions(failure.error, "could not fetch content descriptor") ||
           (mentions(failure.error, "failed to copy: ") && mentions(failure.error, "not found"));
}

std::string reason(const BuildFailure& failure) {
    return text::printable(failure.reason, kLongestReason);
}

bool may_pass(const BuildFailure& failure) {
    switch (failure.kind) {
        case FailureKind::step:
        case FailureKind::dockerfile:
        case FailureKind::source:
        case FailureKind::interrupted:
            return false;
        case FailureKind::timed_out:
            return failure.cause == FailureCause::timeout;
        default:
            return failure.cause != FailureCause::lasting;
    }
}

std::optional<Retry> without_broken_cache(const BuildFailure& failure, const plan::Plan& plan,
                                          bool exhausted) {
    Retry retry;
    if (failure.cause == FailureCause::lost_state && !plan.build.no_cache) {
        retry.title = "Cache not used";
        retry.without.steps = true;
        retry.message = fmt::format("Every step is run once more, because {}: {}", describe(failure.cause),
                                    reason(failure));
        return retry;
    }
    if (failure.kind == FailureKind::cache_export && !plan.cache_to.empty()) {
        retry.title = "Cache not written";
        retry.without.to = broken_entries(failure.error, plan.cache_to);
        retry.message = fmt::format(
            "The image is built once more without writing {}, which takes only as long as looking up its "
            "finished steps: {}",
            listed(retry.without.to), reason(failure));
        return retry;
    }
    const bool import_failed = failure.kind == FailureKind::cache_import || is_missing_layer(failure);
    if (import_failed) {
        retry.without.from = broken_entries(failure.error, plan.cache_from);
    } else if (exhausted && may_pass(failure)) {
        // A cache that stays out of reach is left out.
        retry.without.from = named_entries(failure.error, plan.cache_from);
    }
    if (!retry.without.from.empty()) {
        retry.title = "Cache not used";
        retry.message = fmt::format("The image is built once more without {}, which is broken: {}",
                                    listed(retry.without.from), reason(failure));
        return retry;
    }
    return std::nullopt;
}

async::RetryPolicy policy_of(const plan::RetryLimits& limits) {
    return {.attempts = static_cast<int>(limits.attempts),
            .first_delay = limits.wait,
            .max_delay = std::max<milliseconds>(kMaxWait, limits.wait),
            .jitter = 0.25};
}

std::string_view what_is_built_again(const BuildFailure& failure) {
    if (failure.kind == FailureKind::push)
        return " Nothing is built again: every step is in the builder's cache, only the push is repeated.";
    if (failure.kind == FailureKind::builder) return {};
    return " Finished steps are in the builder's cache and are not run again.";
}

}  // namespace

std::optional<Retry> decide_retry(const BuildFailure& failure, const plan::Plan& plan, const Tried& tried,
                                  const plan::RetryLimits& limits, double random) {
    const bool exhausted = tried.attempts >= limits.attempts;
    if (std::optional<Retry> retry = without_broken_cache(failure, plan, exhausted)) return retry;
    if (!may_pass(failure) || exhausted) return std::nullopt;
    Retry retry;
    const std::optional<milliseconds> wait =
        async::retry_delay(policy_of(limits), static_cast<int>(tried.attempts), asked_wait(failure.error),
                           kMaxAskedWait, random);
    if (!wait) return std::nullopt;
    retry.wait = *wait;
    const bool ours = plan.builder.driver == plan::Driver::docker_container && !plan.builder.existing;
    const bool corrupted = failure.cause == FailureCause::corrupted;
    const bool gone = failure.cause == FailureCause::builder_gone;
    retry.renew_builder = (gone || corrupted) && ours && !tried.builder_renewed;
    // containerd keeps the wrong bytes and goes on from them: the same builder fails in the same way.
    if (corrupted && !retry.renew_builder) return std::nullopt;
    retry.title = "Build is tried again";
    retry.message = fmt::format(
        "Attempt {} of {} failed, because {}: {}. The next one begins {}{}.{}", tried.attempts,
        limits.attempts, describe(failure.cause), reason(failure),
        retry.wait < std::chrono::seconds(1)
            ? "at once"
            : fmt::format("in {}", text::to_string(std::chrono::ceil<std::chrono::seconds>(retry.wait))),
        retry.renew_builder ? " with a new builder" : "",
        retry.renew_builder ? "" : what_is_built_again(failure));
    return retry;
}

}  // namespace pr_image::docker
