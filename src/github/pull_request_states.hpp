#pragma once

#include "github/pages.hpp"
#include "text/pull_request_number.hpp"
#include "text/timestamp.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::github {

/// Where a pull request stands.
struct PullRequestState {
    bool open = true;
    std::optional<text::Timestamp> closed_at;
    std::string head_sha = {};  ///< all its digits; empty where the API does not say it
};

using PullRequestStates = std::map<PullRequestNumber, PullRequestState>;

struct PullRequestPage {
    PullRequestStates states;
    PageLinks pages;
};

/// Gives the state of one pull request of `repository` (owner/name), or nothing when there is none of that
/// number. Errors: a token without the right to see it.
boost::asio::awaitable<Outcome<std::optional<PullRequestState>>> pull_request_state(Api api,
                                                                                    std::string repository,
                                                                                    PullRequestNumber number);

/// Gives a page, from 1, of the states of all pull requests, highest number first, 100 each.
/// Errors: a token without the right to see them, links to other pages that lead astray (page_links()).
boost::asio::awaitable<Outcome<PullRequestPage>> list_pull_requests(Api api, std::string repository,
                                                                    std::size_t page);

/// Takes the API's list of pull requests. Errors: no JSON list.
Result<PullRequestStates> parse_pull_requests(std::string_view json);

}  // namespace pr_image::github
