#pragma once

#include "commands/session.hpp"
#include "plan/handover/merge.hpp"
#include "registry/compose_index.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace pr_image::commands {

/// One platform's image in the registry, and what accompanies it.
struct FoundPart {
    registry::IndexEntry image;
    std::vector<registry::IndexEntry> attestations = {};
    plan::PartLabels labels = {};
    std::optional<Digest> staged =
        {};  ///< what the staging tag holds: the image itself, or an index of it; nothing
             ///< when an earlier merge of this run has taken the tag away already
};

/// Looks for every part of the plan, side by side. Where the plan has `given`, exactly those digests are the
/// parts, each made that of its platform, and no tag or label has a say. Else: under its staging tag, and
/// where that is gone in the image that the main tag holds, which an earlier attempt of this run may have put
/// together. What is not there is nothing. Errors: the registry's own, content that is no image, a given
/// digest that is not there, assign_given()'s.
boost::asio::awaitable<Result<std::vector<std::optional<FoundPart>>>> find_parts(Session& session,
                                                                                 plan::MergePlan& plan);

}  // namespace pr_image::commands
