#pragma once

#include "commands/session.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// `command: plan`: looks (unless `probe: false`), decides, and prints the plan as one line of JSON, which is
/// also the output `plan`. Nothing is built, pushed or written elsewhere.
boost::asio::awaitable<Result<void>> plan_only(Session& session);

}  // namespace pr_image::commands
