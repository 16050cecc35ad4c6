#include "commands/merge/remove_staging.hpp"

#include "commands/cleanup/backend.hpp"
#include "commands/cleanup/prepare.hpp"
#include "text/sha256.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
namespace rules = plan::cleanup;
using Done = rules::Outcome;

namespace {

/// What a staging tag is moved onto to get it off an image that stays: an index of nothing, which no image
/// is made of. The tag's name in it makes it this tag's own, so that deleting it takes no other along.
rules::Journal tombstone(const std::string& tag) {
    const std::string bytes = fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","manifests":[],"annotations":{{"dev.pr-image.staging":"{}"}}}})",
        rules::kJournalMediaType, tag);
    return {.tag = tag, .bytes = bytes, .digest = text::sha256(bytes)};
}

/// Deletes a manifest by its digest; where versions have ids, by the id of the version that was pushed last
/// with it.
asio::awaitable<Done> remove(cleanup::Backend& backend, Digest digest) {
    if (!backend.traits().version_ids) co_return co_await backend.remove(0, digest);
    cleanup::Outcome<rules::Inventory> newest = co_await backend.newest();
    if (!newest) co_return Done{Done::Kind::failed, newest.error().error.why};
    const std::optional<rules::NodeId> node = newest->find(digest);
    if (!node) co_return Done{Done::Kind::failed, "it is not among the newest versions"};
    co_return co_await backend.remove((*newest)[*node].version_id, digest);
}

asio::awaitable<Done> remove_tag(cleanup::Backend& backend, std::string tag, const FoundPart& part) {
    if (*part.staged != part.image.descriptor.digest) co_return co_await remove(backend, *part.staged);
    if (!backend.traits().untags_by_moving) {
        Done untagged = co_await backend.untag(tag, std::nullopt);
        // Not every registry can delete a tag by its name.
        if (untagged.kind != Done::Kind::refused) co_return untagged;
    }
    const rules::Journal moved = tombstone(tag);
    Done published = co_await backend.publish(moved);
    if (published.kind != Done::Kind::done) co_return published;
    co_return co_await remove(backend, moved.digest);
}

}  // namespace

asio::awaitable<void> remove_staging(Session& session, const plan::MergePlan& plan,
                                     const std::vector<FoundPart>& parts) {
    Result<cleanup::Preparation> preparation = cleanup::Preparation::make(session);
    std::string why = preparation ? std::string() : text::to_string(preparation.error());
    std::string fix;
    std::size_t removed = 0;
    for (const ImageName& image : plan.image.images) {
        if (!preparation) break;
        const std::unique_ptr<cleanup::Backend> backend = preparation->backend(image);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (!parts[i].staged) continue;
            const Done done = co_await remove_tag(*backend, plan.parts[i].staged.tag()->string(), parts[i]);
            if (done.kind == Done::Kind::done) {
                ++removed;
            } else if (why.empty()) {
                why =
                    fmt::format("{}:{}: {}", image.string(), plan.parts[i].staged.tag()->string(), done.why);
                if (done.kind == Done::Kind::denied) fix = " " + backend->how_to_allow_deletion();
            }
        }
    }
    if (removed != 0) session.log.line(fmt::format("Staging:  {} tags removed", removed));
    if (why.empty()) co_return;
    session.log.warning(
        {"Staging tags not removed",
         fmt::format("The image is complete. {} `command: cleanup` removes them a day after the push.{}", why,
                     fix),
         {},
         {}});
}

}  // namespace pr_image::commands
