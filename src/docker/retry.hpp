#pragma once

#include "docker/build_failure.hpp"
#include "plan/decide.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace pr_image::docker {

/// What was tried so far.
struct Tried {
    unsigned attempts = 1;         ///< builds that failed, without those that only lost a cache
    bool builder_renewed = false;  ///< the builder was made anew already
};

/// The next attempt.
struct Retry {
    plan::BrokenCaches without;  ///< caches of the plan that it does without
    bool renew_builder = false;
    std::chrono::milliseconds wait{0};
    std::string title;    ///< of the warning: "Build is tried again"
    std::string message;  ///< why, and what is different: one line
};

/// Takes why a build failed, the plan that it carried out, what was tried before, what the inputs allow, and
/// a random number in [0, 1); gives the next attempt, or nothing when another one would not help. Pure.
///
/// - A cache saves time and fails no build: an import that is broken is left out, an export too, at once and
///   however many attempts the inputs allow. Of several caches only those that the error speaks of.
/// - A builder that does not find what it keeps of a finished step never finds it again. Every step is run
///   anew, once, which replaces what it keeps.
/// - What time may heal (failure_cause()) is tried again after a wait that doubles, and that is not shorter
///   than what the server asks for. Up to a quarter is random, so that jobs that failed together do not
///   return together. A server that asks for more than a quarter of an hour is not waited for.
/// - A docker-container builder of our own that went away, or that has got wrong bytes, is made anew, once.
///   Any other builder keeps wrong bytes, so that another attempt would meet them again.
/// - A time limit ends an attempt that said nothing for the last five minutes (or half of the limit) as one
///   that hangs, which is tried again; one that was at work would only run into the limit again.
/// - A failing command, a missing file, a malformed Dockerfile and a refusal are never tried again.
std::optional<Retry> decide_retry(const BuildFailure& failure, const plan::Plan& plan, const Tried& tried,
                                  const plan::RetryLimits& limits, double random);

}  // namespace pr_image::docker
