#pragma once

#include "github/api.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace pr_image::github {

/// The most entries that a page of a list can hold, which is what every list here asks for.
inline constexpr std::size_t kPageSize = 100;

/// Which other pages a list has, as one of its answers says.
struct PageLinks {
    std::optional<std::size_t> next;  ///< the page after this one; nothing: there is none
    std::optional<std::size_t> last;  ///< the last one, where the answer names it
};

/// Takes what was listed, an answer, the page that was asked for (from 1) and how many entries it has; gives
/// what its Link header says. `next` counts, with `last` or without, whether the page has entries or none: a
/// list ends where no page follows. A full page without any link is followed by the next one, which shows
/// whether something took the header away. Errors: a link that leads to another origin, back, past a page or
/// to no page at all, and a list without an end: what was not read would be taken for gone. Rule: REST API
/// documentation, "Using pagination".
Outcome<PageLinks> page_links(const std::string& what, const http::Response& response, std::size_t page,
                              std::size_t entries);

}  // namespace pr_image::github
