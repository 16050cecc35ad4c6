#pragma once

#include "github/api.hpp"
#include "plan/facts.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace pr_image::github {

/// Asks GitHub's REST API (`GET /repos/{owner}/{repo}/pulls/{number}`) about a pull request of `repository`
/// (owner/name). Errors: no such pull request, a token without `pull-requests: read`, an API that does not
/// answer.
boost::asio::awaitable<Result<plan::PullRequestFacts>> pull_request(Api api, std::string repository,
                                                                    PullRequestNumber number);

/// Takes the API's answer; gives what matters of it. A null `head.repo` is a head repository that is gone.
Result<plan::PullRequestFacts> parse_pull_request(std::string_view json);

}  // namespace pr_image::github
