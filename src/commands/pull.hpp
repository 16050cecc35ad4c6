#pragma once

#include "commands/session.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// `command: pull`: finds the image that another job built, verifies it, gives it the names that this job
/// wants and writes the outputs. An Error is the one that the user sees: it has the reason of every source.
boost::asio::awaitable<Result<void>> pull(Session& session);

}  // namespace pr_image::commands
