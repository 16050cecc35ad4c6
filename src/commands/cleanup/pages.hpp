#pragma once

#include "github/pages.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <optional>

namespace pr_image::commands::cleanup {

/// Reads one page of a list and keeps what is on it; gives the pages that its answer names.
using ReadPage = std::function<boost::asio::awaitable<github::Outcome<github::PageLinks>>(std::size_t page)>;

/// Takes what the first page said; reads every other one: those up to the last that it names at once, at most
/// `at_once` of them, then what follows, one by one. Gives the first failure: the list is then not whole.
boost::asio::awaitable<std::optional<github::Failure>> read_further_pages(github::PageLinks first,
                                                                          std::size_t at_once, ReadPage read);

}  // namespace pr_image::commands::cleanup
