#pragma once

#include <boost/asio/awaitable.hpp>

namespace pr_image::http {

/// Gives whether the calling coroutine was cancelled. What was cancelled while no operation was under way is
/// not told to the next one: a loop that has to stop looks here before each wait, with
/// throw_if_cancelled(false).
boost::asio::awaitable<bool> is_cancelled();

}  // namespace pr_image::http
