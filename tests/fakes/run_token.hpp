#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

/// A scope of the cache service as a token grants it.
struct CacheScope {
    std::string ref;     ///< "refs/heads/main"
    int permission = 3;  ///< 1 read, 2 write, 3 both

    bool operator==(const CacheScope&) const = default;
};

/// Whom a run's token speaks for: what the runner puts into ACTIONS_RUNTIME_TOKEN.
struct RunToken {
    std::uint64_t run_id = 1;         ///< GITHUB_RUN_ID: the same in every attempt
    std::string attempt = "run-1";    ///< the backend id of this attempt
    std::string job = "job-1";        ///< the backend id of this job
    std::vector<CacheScope> cache{};  ///< in the order they are searched
    std::string ref = {};             ///< GITHUB_REF, which the service knows of the run; empty: not told
    bool results = true;              ///< the scope Actions.Results is there
    std::chrono::seconds lifetime{3600};
};

/// Gives the token, a JWT signed with `key`.
std::string sign_token(const RunToken& token, std::string_view key);

/// Gives whom a token speaks for; nothing when it was not signed with `key`, or has expired.
std::optional<RunToken> verify_token(std::string_view text, std::string_view key);

/// Gives HMAC-SHA-256 in base64.
std::string hmac(std::string_view message, std::string_view key);

}  // namespace pr_image::fakes
