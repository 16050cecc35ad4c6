#include "github/artifacts/job_scope.hpp"

#include "text/base64.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace pr_image::github::artifacts {

namespace {

std::unexpected<Error> unusable(std::string why) {
    return text::fail(
        "Artifacts are not available to this step", std::move(why),
        "Use the registry or the cache for the handover, or run on a runner of GitHub Actions that "
        "offers the artifact service (actions/upload-artifact v4 or later works there).");
}

// They become part of requests; the service's own are UUIDs.
bool is_backend_id(std::string_view id) {
    return !id.empty() && id.size() <= 128 &&
           std::ranges::all_of(id, [](char c) { return text::is_word(c) || c == '-' || c == '.'; });
}

}  // namespace

Result<JobScope> parse_job_scope(std::string_view token) {
    const std::vector<std::string_view> parts = text::split(token, '.');
    if (parts.size() != 3) return unusable("the run's token is not a JSON Web Token");
    const std::optional<std::string> claims_text = text::base64url_decode(parts[1]);
    if (!claims_text) return unusable("the run's token cannot be decoded");
    const Result<boost::json::value> claims = text::parse_json(*claims_text, "token");
    if (!claims) return unusable("the run's token cannot be decoded");

    const std::string scopes = text::json_string(*claims, "scp");
    for (const std::string_view scope : text::split(scopes, ' ')) {
        const std::vector<std::string_view> fields = text::split(scope, ':');
        if (fields.front() != "Actions.Results") continue;
        if (fields.size() != 3 || !is_backend_id(fields[1]) || !is_backend_id(fields[2])) break;
        return JobScope{std::string(fields[1]), std::string(fields[2])};
    }
    return unusable("the run's token has no scope 'Actions.Results', which names the run and the job");
}

}  // namespace pr_image::github::artifacts
