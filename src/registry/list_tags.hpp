#pragma once

#include "registry/client.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace pr_image::registry {

/// Gives all tags of a repository in the registry's order, page after page; none for a repository that does
/// not exist. Errors: a list that is none or holds what is no tag by the grammar, since clean-up would take
/// what it does not see for untagged; a next page on another origin, more than 100,000 tags, and the
/// registry's own. `access` is what the caller will need in the end. Rule: OCI distribution spec, "Listing
/// tags".
boost::asio::awaitable<Outcome<std::vector<Tag>>> list_tags(Client client, ImageName name,
                                                            Access access = Access::pull);

}  // namespace pr_image::registry
