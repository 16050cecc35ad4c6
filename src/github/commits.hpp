#pragma once

#include "github/api.hpp"
#include "text/commit_sha.hpp"
#include "text/error.hpp"
#include "text/timestamp.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace pr_image::github {

/// Asks GitHub's REST API (`GET /repos/{owner}/{repo}/commits/{sha}`) when a commit of `repository`
/// (owner/name) was committed. Errors: no such commit, a token without `contents: read`, an API that does not
/// answer.
boost::asio::awaitable<Result<text::Timestamp>> commit_date(Api api, std::string repository,
                                                            CommitSha commit);

/// Takes the API's answer; gives the committer's date.
Result<text::Timestamp> parse_commit_date(std::string_view json);

}  // namespace pr_image::github
