#pragma once

#include "commands/session.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// `command: merge`: finds what the jobs with `fan-out: true` have staged, verifies that it belongs together,
/// pushes the index of exactly those digests under every tag, and takes the staging tags away. Run again, it
/// ends the same. An Error is the one that the user sees.
boost::asio::awaitable<Result<void>> merge(Session& session);

}  // namespace pr_image::commands
