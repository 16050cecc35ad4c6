#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::github::artifacts {

/// The run attempt and the job that a token speaks for, as the Results service names them.
struct JobScope {
    std::string run;
    std::string job;

    bool operator==(const JobScope&) const = default;
};

/// Takes the run's token (`ACTIONS_RUNTIME_TOKEN`, a JWT); gives what its claim `scp` says after
/// `Actions.Results:` (actions/toolkit, packages/artifact, shared/util.ts). The signature is the service's to
/// check. Errors: no JWT, no such scope. No Error quotes the token.
Result<JobScope> parse_job_scope(std::string_view token);

}  // namespace pr_image::github::artifacts
