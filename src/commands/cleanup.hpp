#pragma once

#include "commands/session.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// `command: cleanup`: for each image, lists what the registry holds, selects what may go, deletes that and
/// reports. An Error is the one that the user sees; an image that cannot be cleaned up does not keep the
/// others from it.
boost::asio::awaitable<Result<void>> clean_up(Session& session);

}  // namespace pr_image::commands
