#pragma once

#include "commands/cleanup/backend.hpp"
#include "plan/cleanup/execution.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace pr_image::commands::cleanup {

/// Does what the execution says until it is finished, many requests at once. What goes wrong is in the
/// execution, or Trouble when not even a look was possible.
boost::asio::awaitable<Outcome<void>> carry_out(Backend& backend, plan::cleanup::Execution& execution);

}  // namespace pr_image::commands::cleanup
