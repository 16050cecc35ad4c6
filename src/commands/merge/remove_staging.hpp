#pragma once

#include "commands/merge/find_parts.hpp"
#include "commands/session.hpp"
#include "plan/handover/merge.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace pr_image::commands {

/// Takes the staging tags of a merged image away, at every registry: the index that a tag holds is deleted,
/// its image and attestations stay, because the merged image is made of them; a tag on the image itself is
/// moved off it first. The image is there already, so what cannot be removed is one warning, and left to
/// `command: cleanup`.
boost::asio::awaitable<void> remove_staging(Session& session, const plan::MergePlan& plan,
                                            const std::vector<FoundPart>& parts);

}  // namespace pr_image::commands
