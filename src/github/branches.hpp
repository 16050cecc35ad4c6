#pragma once

#include "github/api.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::github {

struct BranchPage {
    std::vector<std::string> names;
    std::size_t last = 1;  ///< the number of the last page
};

/// Gives a page, from 1, of the names of the branches of `repository` (owner/name), 100 each. Errors: a token
/// without the right to see them.
boost::asio::awaitable<Outcome<BranchPage>> list_branches(Api api, std::string repository, std::size_t page);

/// Takes the API's list of branches. Errors: no JSON list, an entry without a name.
Result<std::vector<std::string>> parse_branches(std::string_view json);

}  // namespace pr_image::github
