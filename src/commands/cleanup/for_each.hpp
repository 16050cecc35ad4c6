#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>

namespace pr_image::commands::cleanup {

/// Takes how many pieces of work there are, how many may be under way at once, and the work of one, by its
/// index from 0; does all of them in order of their start. After a cancellation none is started any more.
boost::asio::awaitable<void> for_each(std::size_t count, std::size_t at_once,
                                      std::function<boost::asio::awaitable<void>(std::size_t)> work);

}  // namespace pr_image::commands::cleanup
