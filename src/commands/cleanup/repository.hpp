#pragma once

#include "commands/cleanup/backend.hpp"
#include "github/api.hpp"
#include "plan/cleanup/policy.hpp"
#include "plan/who/event.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <vector>

namespace pr_image::commands::cleanup {

/// Takes the numbers whose tags were found and whether branches decide about anything; gives what GitHub says
/// of them. One by one or page by page, whichever asks less. What the event itself says of its pull request
/// counts where GitHub does not answer. Trouble: a limit, or a token that may not see pull requests.
boost::asio::awaitable<Outcome<plan::cleanup::OpenPullRequests>> ask_repository(
    github::Api api, const plan::Event& event, std::vector<PullRequestNumber> numbers, bool branches,
    std::size_t at_once);

}  // namespace pr_image::commands::cleanup
