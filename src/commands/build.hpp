#pragma once

#include "commands/session.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// `command: build`: looks, decides, carries the plan out, reports. An Error is the one that the user sees.
boost::asio::awaitable<Result<void>> build(Session& session);

}  // namespace pr_image::commands
