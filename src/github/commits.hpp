#pragma once

#include "http/client.hpp"
#include "plan/secret.hpp"
#include "text/commit_sha.hpp"
#include "text/error.hpp"
#include "text/timestamp.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace pr_image::github {

/// Asks GitHub's REST API (`GET /repos/{owner}/{repo}/commits/{sha}`) when a commit was committed. `api_url`
/// is GITHUB_API_URL, `repository` is owner/name, `token` may be empty for public repositories. Errors: no
/// such commit, a token without `contents: read`, an API that cannot be reached.
boost::asio::awaitable<Result<text::Timestamp>> commit_date(http::Client client, std::string api_url,
                                                            plan::Secret token, std::string repository,
                                                            CommitSha commit);

/// Takes the API's answer; gives the committer's date.
Result<text::Timestamp> parse_commit_date(std::string_view json);

}  // namespace pr_image::github
