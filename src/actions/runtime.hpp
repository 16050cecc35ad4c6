#pragma once

#include "actions/environment.hpp"
#include "plan/facts.hpp"
#include "plan/secret.hpp"

#include <string>
#include <vector>

namespace pr_image::actions {

/// Where GitHub's services are for this run, and the tokens that open them. Empty means "not offered": a
/// container action is given all of them, a `run:` step none of the `ACTIONS_*` ones.
struct Runtime {
    std::string api_url;         ///< GITHUB_API_URL, without a slash at the end
    std::string temp_directory;  ///< RUNNER_TEMP, TMPDIR or /tmp
    std::string workflow;        ///< GITHUB_WORKFLOW
    std::string job;             ///< GITHUB_JOB

    unsigned int longest_retention = 0;  ///< GITHUB_RETENTION_DAYS: of artifacts, in days; 0: not said

    std::string results_url;       ///< ACTIONS_RESULTS_URL: artifacts and the cache's second version
    std::string cache_url;         ///< ACTIONS_CACHE_URL
    std::string cache_mode;        ///< ACTIONS_CACHE_MODE: read, write, write-only, none; or empty
    plan::Secret runtime_token;    ///< ACTIONS_RUNTIME_TOKEN
    std::string id_token_url;      ///< ACTIONS_ID_TOKEN_REQUEST_URL
    plan::Secret id_token_bearer;  ///< ACTIONS_ID_TOKEN_REQUEST_TOKEN
};

/// Takes the environment; gives the services as the runner described them.
Runtime read_runtime(const Environment& environment);

/// Says whether this run may read and write the cache service. `ACTIONS_CACHE_MODE` decides where the runner
/// sets it; the token's own `ac` claim (1 is read, 2 is write) narrows that further. Without a results URL
/// or a token there is no cache.
plan::CacheServiceFacts cache_service(const Runtime& runtime);

/// Gives the `NAME=value` entries that BuildKit's `type=gha` client reads, the token among them; nothing when
/// there is no cache service. `ACTIONS_CACHE_SERVICE_V2` is set because the runner sets it for JavaScript
/// actions only, and the first version of the service is gone.
std::vector<std::string> cache_service_environment(const Runtime& runtime);

}  // namespace pr_image::actions
