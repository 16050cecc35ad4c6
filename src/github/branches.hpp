#pragma once

#include "github/pages.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::github {

struct Branch {
    std::string name;
    std::string head;  ///< the commit, all its digits; empty where the API does not say it
};

struct BranchPage {
    std::vector<Branch> branches;
    PageLinks pages;
};

/// Gives a page, from 1, of the branches of `repository` (owner/name), 100 each. Errors: a token
/// without the right to see them, links to other pages that lead astray (page_links()).
boost::asio::awaitable<Outcome<BranchPage>> list_branches(Api api, std::string repository, std::size_t page);

/// Takes the API's list of branches. Errors: no JSON list, an entry without a name.
Result<std::vector<Branch>> parse_branches(std::string_view json);

}  // namespace pr_image::github
