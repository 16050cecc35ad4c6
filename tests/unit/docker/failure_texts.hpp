#pragma once

#include "docker/build_failure.hpp"
#include "docker/failure_cause.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace pr_image::docker {

/// An error as a tool prints it, what it is, and words that the advice must and must not have.
struct FailureText {
    std::string error;
    FailureKind kind = FailureKind::other;
    FailureCause cause = FailureCause::lasting;
    std::string advice{};  ///< in the remedy; empty: there is none to check
    std::string never{};   ///< not in the remedy
    std::vector<std::string> last_lines{};
};

/// What a run of buildx that ended with this error is taken for, and what a person is told.
inline void check_texts(const std::vector<FailureText>& rows) {
    for (const FailureText& row : rows) {
        CAPTURE(row.error, row.last_lines);
        const BuildFailure failure{.kind = failure_kind(row.error),
                                   .reason = short_reason(row.error),
                                   .last_lines = row.last_lines,
                                   .cause = failure_cause(row.error),
                                   .error = row.error};
        CHECK(static_cast<int>(failure.kind) == static_cast<int>(row.kind));
        CHECK(static_cast<int>(failure.cause) == static_cast<int>(row.cause));
        const std::string advice = to_error(failure).fix;
        CAPTURE(advice);
        CHECK(advice.contains(row.advice));
        if (!row.never.empty()) CHECK_FALSE(advice.contains(row.never));
    }
}

}  // namespace pr_image::docker
