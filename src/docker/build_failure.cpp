#include "docker/build_failure.hpp"

#include "docker/failure_advice.hpp"
#include "docker/failure_text.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace pr_image::docker {
namespace {

struct Rule {
    std::string_view sign;
    FailureKind kind;
};

// In lower case, as own_words() gives them. The first that occurs decides: an error quotes its causes after
// itself.
constexpr std::array kRules{
    Rule{"context canceled", FailureKind::interrupted},
    Rule{"did not complete successfully: exit code", FailureKind::step},
    Rule{"not supported for the docker driver", FailureKind::other},
    Rule{"error writing layer blob", FailureKind::cache_export},
    Rule{"cache exporter", FailureKind::cache_export},
    Rule{"cache export", FailureKind::cache_export},
    Rule{"failed to export cache", FailureKind::cache_export},
    Rule{"blobnotfound", FailureKind::cache_import},
    Rule{"cache importer", FailureKind::cache_import},
    Rule{"failed to push ", FailureKind::push},
    Rule{"failed to mount ", FailureKind::other},
    Rule{"failed to create endpoint ", FailureKind::engine},
    Rule{"failed to create new network namespace", FailureKind::engine},
    Rule{"failed to fetch remote", FailureKind::base_image},
    Rule{"failed to update submodules", FailureKind::base_image},
    Rule{"dockerfile parse error", FailureKind::dockerfile},
    Rule{"failed to read dockerfile", FailureKind::dockerfile},
    Rule{"failed to process ", FailureKind::dockerfile},
    Rule{"failed to parse stage name", FailureKind::dockerfile},
    Rule{"the dockerfile cannot be empty", FailureKind::dockerfile},
    Rule{"target stage ", FailureKind::dockerfile},
    Rule{"failed to calculate checksum of ref", FailureKind::source},
    Rule{"failed to resolve source metadata", FailureKind::base_image},
    Rule{"failed to load cache key", FailureKind::base_image},
    Rule{"failed to copy: ", FailureKind::base_image},
    Rule{"cannot connect to the docker daemon", FailureKind::engine},
    Rule{"no builder ", FailureKind::engine},
    Rule{"failed to find driver", FailureKind::engine},
    Rule{"failed to list workers", FailureKind::engine},
    Rule{"error during connect", FailureKind::engine},
};

/// It was there and is not any more, whatever it was doing.
bool lost_builder(const BuildFailure& failure) {
    return failure.kind == FailureKind::other && failure.cause == FailureCause::builder_gone;
}

std::string title(const BuildFailure& failure) {
    if (lost_builder(failure)) return "Builder lost";
    switch (failure.kind) {
        case FailureKind::push:
            return "Push failed";
        case FailureKind::cache_export:
            return "Cache export failed";
        case FailureKind::engine:
        case FailureKind::builder:
            return "Builder not reachable";
        case FailureKind::checks:
            return "Dockerfile check failed";
        case FailureKind::interrupted:
            return "Build interrupted";
        case FailureKind::timed_out:
            return "Build timed out";
        default:
            return "Build failed";
    }
}

bool mentions(std::string_view text, std::initializer_list<std::string_view> signs) {
    return std::ranges::any_of(
        signs, [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

std::string remedy(const BuildFailure& failure) {
    const bool denied = mentions(failure.reason, {"denied", "unauthorized", "401 Unauthorized",
                                                  "403 Forbidden", "authorization failed"});
    if (failure.cause == FailureCause::corrupted) {
        return "Something on the way to the registry changes what it sends, or its storage is damaged. The "
               "builder keeps the wrong bytes: run the job again on a new runner, or prune the builder";
    }
    if (failure.cause == FailureCause::lost_state) {
        return "Nothing is wrong with the Dockerfile: run the job again. If it stays, prune the builder: "
               "docker buildx prune";
    }
    if (lost_builder(failure)) {
        return "Something ended the builder while it worked: look whether the machine has run out of memory "
               "or disk, and whether something else stops or removes containers there";
    }
    const bool of_cache =
        failure.kind == FailureKind::cache_export || failure.kind == FailureKind::cache_import;
    const std::string_view known = of_cache ? std::string_view() : known_remedy(failure);
    if (!known.empty()) return std::string(known);
    switch (failure.kind) {
        case FailureKind::step:
            return "Correct the command, or what it needs, in the Dockerfile";
        case FailureKind::dockerfile:
            return "Correct the Dockerfile, or the inputs file, context and target";
        case FailureKind::source:
            return "Check that the path exists in the build context and that .dockerignore does not leave it "
                   "out";
        case FailureKind::base_image:
            return denied ? "Give this run credentials for that registry (input registry-auth)"
                          : "Check the image's name and tag, and that the builder can reach its registry";
        case FailureKind::push:
            return denied
                       ? "Give the job `permissions: packages: write` and the repository write access to the "
                         "package, or credentials for the registry"
                       : "Check that the builder can reach the registry, then run the job again";
        case FailureKind::cache_export:
            return "Set input cache-to with ignore-error=true, or cache: none, until the cache works again";
        case FailureKind::cache_import:
            return "Run the job again; if it stays, set cache: none once so that the cache is replaced";
        case FailureKind::engine:
            return "Check that the Docker Engine runs and that this step can reach its socket";
        case FailureKind::builder:
            return "Check the inputs driver, driver-opts, buildkitd-config, endpoint and nodes, and that the "
                   "builder's image can be had";
        case FailureKind::checks:
            return "Correct what the annotations name, or leave a rule out in the Dockerfile: # "
                   "check=skip=RULE";
        case FailureKind::timed_out:
            return "Give the build more time with input attempt-timeout, or make its slowest step faster";
        case FailureKind::interrupted:
        case FailureKind::other:
            return {};
    }
    return {};
}

}  // namespace

FailureKind failure_kind(std::string_view error) {
    const std::string words = own_words(error);
    const auto* found = std::ranges::find_if(
        kRules, [&](const Rule& rule) { return words.find(rule.sign) != std::string::npos; });
    return found == kRules.end() ? FailureKind::other : found->kind;
}

std::string short_reason(std::string_view error) {
    constexpr std::array<std::string_view, 4> kPrefixes{
        "failed to build: ", "failed to solve: ", "failed to compute cache key: ", "Canceled: "};
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view prefix : kPrefixes) {
            if (!error.starts_with(prefix)) continue;
            error.remove_prefix(prefix.size());
            again = true;
        }
    }
    constexpr std::string_view kCommand = "did not complete successfully: ";
    const std::size_t at = error.rfind(kCommand);
    if (error.starts_with("process \"") && at != std::string_view::npos)
        error.remove_prefix(at + kCommand.size());
    return text::printable(error, 1000);
}

Error to_error(const BuildFailure& failure) {
    std::string what = title(failure);
    if (!failure.file.empty() && failure.line > 0) {
        what += fmt::format(" at {}:{}", text::printable(failure.file), failure.line);
    }
    std::string why = failure.reason.empty() ? "buildx gave no reason" : failure.reason;
    if (!failure.step.empty()) why = fmt::format("{}: {}", text::printable(failure.step, 300), why);
    return {std::move(what), std::move(why), remedy(failure)};
}

std::string describe(const BuildFailure& failure) {
    const Error error = to_error(failure);
    std::string text = error.why;
    if (!error.fix.empty()) text += fmt::format("{} {}.", text.ends_with('.') ? "" : ".", error.fix);
    if (!failure.last_lines.empty())
        text += fmt::format("\n\nThe last lines of that step:\n{}", text::join(failure.last_lines, "\n"));
    return text;
}

}  // namespace pr_image::docker
