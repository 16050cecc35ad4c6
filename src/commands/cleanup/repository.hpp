#pragma once

#include "commands/cleanup/backend.hpp"
#include "github/api.hpp"
#include "plan/cleanup/policy.hpp"
#include "plan/who/event.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pr_image::commands::cleanup {

/// What GitHub says, and what a person should know of how it was found out.
struct Repository {
    plan::cleanup::OpenPullRequests known;
    std::vector<std::string> remarks;
};

/// Takes the numbers whose tags were found and whether branches decide about anything; gives what GitHub says
/// of them. One by one or page by page, whichever asks less. Where the token may not see the event's own pull
/// request, the event's word counts, with a remark, but only in the first attempt of its run: in a later one
/// the pull request may have been opened again long ago. Trouble: a limit, a list that could not be read to
/// its end, a token that may not see pull requests.
boost::asio::awaitable<Outcome<Repository>> ask_repository(github::Api api, const plan::Event& event,
                                                           std::vector<PullRequestNumber> numbers,
                                                           bool branches, std::size_t at_once);

}  // namespace pr_image::commands::cleanup
