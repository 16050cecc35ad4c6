#pragma once

#include "docker/failure_cause.hpp"
#include "text/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// What part of a build went wrong, as far as its error says.
enum class FailureKind {
    step,          ///< a RUN ended with an exit code
    dockerfile,    ///< it is missing or malformed
    source,        ///< COPY or ADD names what is not in the context
    base_image,    ///< an image or another source that the build starts from cannot be had
    push,          ///< the registry did not take the image
    cache_import,  ///< the cache names what it no longer holds: a build without it may work
    cache_export,  ///< the image is built, the cache could not be written
    engine,        ///< the engine or the builder cannot be reached
    builder,       ///< the builder did not start, or no BuildKit answered where it should be
    checks,        ///< a check of the Dockerfile found something, and that is what was asked for
    interrupted,   ///< a signal ended it
    timed_out,     ///< it took longer than it may
    other
};

/// Why a build failed, for the error annotation.
struct BuildFailure {
    FailureKind kind = FailureKind::other;
    std::string reason;                   ///< one line: "exit code 3"
    std::string step;                     ///< "[3/3] RUN make", or empty
    std::vector<std::string> last_lines;  ///< the newest that the step printed, oldest first
    std::string file;                     ///< the Dockerfile as buildx names it, or empty
    std::uint32_t line = 0;               ///< from 1; 0 when there is none
    FailureCause cause = FailureCause::lasting;
    std::string error = {};  ///< all of it on one line, at most 4 KiB: what `kind` and `cause` were read from
};

/// Takes buildx's last error line (without `ERROR:`); gives what kind it is.
FailureKind failure_kind(std::string_view error);

/// Takes buildx's last error line; gives it without the words that every one of them begins with, and a
/// failed command as its exit code alone.
std::string short_reason(std::string_view error);

/// Gives the failure as an Error: where it happened, why, and what helps against that kind.
Error to_error(const BuildFailure& failure);

/// Gives the Error's reason and remedy with the step's last lines below, as text of several lines for an
/// annotation.
std::string describe(const BuildFailure& failure);

}  // namespace pr_image::docker
