#pragma once

#include "commands/cleanup/backend.hpp"
#include "plan/cleanup/execution.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <vector>

namespace pr_image::commands::cleanup {

/// Asks GitHub for the state of pull requests.
using AskPullRequests = std::function<boost::asio::awaitable<Outcome<plan::cleanup::OpenPullRequests>>(
    std::vector<PullRequestNumber> numbers)>;

/// Does what the execution says until it is finished, many requests at once; `ask` is for pull requests that
/// only the images' labels name. What goes wrong is in the execution, or Trouble when not even a look was
/// possible.
boost::asio::awaitable<Outcome<void>> carry_out(Backend& backend, plan::cleanup::Execution& execution,
                                                AskPullRequests ask);

}  // namespace pr_image::commands::cleanup
