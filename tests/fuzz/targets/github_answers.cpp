#include "fuzz/target.hpp"
#include "github/artifacts/job_scope.hpp"
#include "github/artifacts/results_answers.hpp"
#include "github/branches.hpp"
#include "github/commits.hpp"
#include "github/packages.hpp"
#include "github/pull_request_states.hpp"
#include "github/pulls.hpp"
#include "text/json.hpp"

#include <string>

namespace pr_image::fuzz {
namespace {

// What GitHub's API and the Results service answer; both stand behind TLS, yet nothing here believes them.
void try_github_answers(std::string_view input) {
    any_result(github::parse_branches(input));
    if (const auto pull_request = github::parse_pull_request(input))
        require(pull_request->head_sha.is_full());
    any_result(github::parse_commit_date(input));
    any_result(github::parse_versions(input));
    any_result(github::parse_pull_requests(input));
    if (const auto scope = github::artifacts::parse_job_scope(input)) {
        require(scope->run.find_first_of("/?#% \r\n") == std::string::npos);
    }
    const auto answer = text::parse_json(input, "answer");
    if (!answer) return;
    const auto listed = github::artifacts::listed_artifacts(*answer, "image");
    for (std::size_t i = 0; i < listed.size(); ++i) {
        require(listed[i].name == "image");
        if (i > 0) require(listed[i - 1].id >= listed[i].id);
    }
    any_result(github::artifacts::answered_id(*answer));
    any_result(github::artifacts::answered_url(*answer, "signed_url", "signedUrl"));
}

const Registered github_answers("github_answers", try_github_answers);

}  // namespace
}  // namespace pr_image::fuzz
