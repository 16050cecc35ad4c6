#include "actions/runtime.hpp"

#include "text/base64.hpp"
#include "text/json.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace pr_image::actions {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kRead = 1;
constexpr std::uint64_t kWrite = 2;

/// What a token grants.
struct Grant {
    std::uint64_t permissions = 0;    ///< of all its scopes together
    std::vector<std::string> writes;  ///< the scopes that it may write
};

/// The token's `ac` claim, which is a JSON document inside a JSON string; nothing when the token does not
/// have that shape.
std::optional<Grant> granted_by(const std::string& token) {
    const std::vector<std::string_view> parts = text::split(token, '.');
    if (parts.size() != 3) return std::nullopt;
    const std::optional<std::string> claims_text = text::base64url_decode(parts[1]);
    if (!claims_text) return std::nullopt;
    const Result<json::value> claims = text::parse_json(*claims_text, "the token's claims");
    if (!claims) return std::nullopt;
    const std::string access = text::json_string(*claims, "ac");
    const Result<json::value> scopes = text::parse_json(access, "the token's scopes");
    if (!scopes || !scopes->is_array()) return std::nullopt;
    Grant grant;
    for (const json::value& scope : scopes->as_array()) {
        const std::uint64_t permission = text::json_number(scope, "Permission").value_or(0);
        grant.permissions |= permission;
        if ((permission & kWrite) != 0) grant.writes.push_back(text::json_string(scope, "Scope"));
    }
    return grant;
}

std::string without_slash(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

}  // namespace

Runtime read_runtime(const Environment& environment) {
    Runtime runtime;
    runtime.api_url = without_slash(environment.value("GITHUB_API_URL", "https://api.github.com"));
    runtime.temp_directory = environment.value("RUNNER_TEMP", environment.value("TMPDIR", "/tmp"));
    runtime.workflow = environment.value("GITHUB_WORKFLOW");
    runtime.job = environment.value("GITHUB_JOB");
    runtime.longest_retention =
        text::parse_number<unsigned>(environment.value("GITHUB_RETENTION_DAYS")).value_or(0);
    runtime.results_url = environment.value("ACTIONS_RESULTS_URL");
    runtime.cache_url = environment.value("ACTIONS_CACHE_URL");
    runtime.cache_mode = environment.value("ACTIONS_CACHE_MODE");
    runtime.runtime_token = plan::Secret(environment.value("ACTIONS_RUNTIME_TOKEN"));
    runtime.id_token_url = environment.value("ACTIONS_ID_TOKEN_REQUEST_URL");
    runtime.id_token_bearer = plan::Secret(environment.value("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
    return runtime;
}

plan::CacheServiceFacts cache_service(const Runtime& runtime) {
    if (runtime.results_url.empty() || runtime.runtime_token.empty()) return {};
    const std::string& mode = runtime.cache_mode;
    plan::CacheServiceFacts facts;
    facts.readable = mode.empty() || mode == "read" || mode == "write";
    facts.writable = mode.empty() || mode == "write" || mode == "write-only";
    if (std::optional<Grant> granted = granted_by(runtime.runtime_token.reveal())) {
        facts.readable = facts.readable && (granted->permissions & kRead) != 0;
        facts.writable = facts.writable && (granted->permissions & kWrite) != 0;
        facts.writes = std::move(granted->writes);
    }
    return facts;
}

std::vector<std::string> cache_service_environment(const Runtime& runtime) {
    if (runtime.results_url.empty() || runtime.runtime_token.empty()) return {};
    std::vector<std::string> entries{"ACTIONS_RESULTS_URL=" + runtime.results_url,
                                     "ACTIONS_RUNTIME_TOKEN=" + runtime.runtime_token.reveal(),
                                     "ACTIONS_CACHE_SERVICE_V2=true"};
    if (!runtime.cache_url.empty()) entries.push_back("ACTIONS_CACHE_URL=" + runtime.cache_url);
    return entries;
}

}  // namespace pr_image::actions
