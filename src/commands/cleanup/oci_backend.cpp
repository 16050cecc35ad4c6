#include "commands/cleanup/oci_backend.hpp"

#include "async/run_workers.hpp"
#include "registry/head_manifest.hpp"
#include "registry/list_tags.hpp"
#include "registry/put_manifest.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;
using plan::cleanup::Inventory;
using plan::cleanup::Journal;
using plan::cleanup::NodeId;
using Done = plan::cleanup::Outcome;

namespace {

/// No content has this digest: deleting it shows whether deleting is possible, and nothing else.
constexpr std::string_view kNobody =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";

Trouble trouble(const registry::Failure& failure) {
    return {.limited = false, .error = failure.error};
}

}  // namespace

OciBackend::OciBackend(registry::Client client, ManifestCache& cache, Options options)
    : client_(client),
      options_(std::move(options)),
      contents_(std::move(client), options_.image, options_.access, cache, options_.at_once) {}

asio::awaitable<Outcome<OciBackend::TagsByDigest>> OciBackend::list_tags() {
    registry::Outcome<std::vector<Tag>> tags =
        co_await registry::list_tags(client_, options_.image, options_.access);
    if (!tags) co_return std::unexpected(trouble(tags.error()));
    std::vector<std::optional<Digest>> digests(tags->size());
    std::optional<Trouble> failed;
    const auto resolve = [&](std::size_t i) -> asio::awaitable<void> {
        const Reference reference(options_.image, (*tags)[i]);
        registry::Outcome<std::optional<registry::Descriptor>> head =
            co_await registry::head_manifest(client_, reference, options_.access);
        if (!head) {
            if (!failed) failed = trouble(head.error());
        } else if (*head) {
            digests[i] = (*head)->digest;
        }
    };
    co_await async::run_workers(tags->size(), options_.at_once, resolve);
    if (failed) co_return std::unexpected(*std::move(failed));
    TagsByDigest by_digest;
    for (std::size_t i = 0; i < tags->size(); ++i) {
        // A tag without a manifest is the trace of a deletion.
        if (digests[i]) by_digest[*digests[i]].push_back((*tags)[i].string());
    }
    co_return by_digest;
}

asio::awaitable<bool> OciBackend::has_referrers_api(Digest digest) {
    const std::string what = fmt::format("Cannot ask {} for referrers", options_.image.host());
    registry::Outcome<http::Response> response =
        co_await client_.send(what, options_.image, options_.access, http::Method::get,
                              "referrers/" + digest.string(), http::Headers(), std::string());
    co_return response && response->ok();
}

asio::awaitable<Outcome<Inventory>> OciBackend::list() {
    CO_TRY_ASSIGN(TagsByDigest tags, co_await list_tags());
    Inventory inventory(false);
    for (auto& [digest, names] : tags) {
        inventory.list({.id = 0, .digest = digest, .tags = std::move(names), .created = {}, .touched = {}});
    }
    if (!tags.empty()) {
        const bool api = co_await has_referrers_api(tags.begin()->first);
        inventory.has_referrers_api(api);
    }
    co_return inventory;
}

asio::awaitable<Outcome<Inventory>> OciBackend::newest() {
    co_return Inventory(false);
}

asio::awaitable<Outcome<void>> OciBackend::read(Inventory& inventory, plan::cleanup::Needs needs) {
    co_await contents_.read(inventory, std::move(needs));
    co_return Outcome<void>();
}

asio::awaitable<Outcome<void>> OciBackend::look(Inventory& inventory, std::vector<NodeId>) {
    CO_TRY_ASSIGN(TagsByDigest tags, co_await list_tags());
    for (NodeId node = 0; node < inventory.size(); ++node) {
        if (inventory[node].tags.empty()) continue;
        const auto now = tags.find(inventory[node].digest);
        inventory.list({.id = 0,
                        .digest = inventory[node].digest,
                        .tags = now == tags.end() ? std::vector<std::string>() : now->second,
                        .created = {},
                        .touched = {}});
    }
    for (auto& [digest, names] : tags) {
        inventory.list({.id = 0, .digest = digest, .tags = std::move(names), .created = {}, .touched = {}});
    }
    co_return Outcome<void>();
}

asio::awaitable<Done> OciBackend::publish(Journal journal) {
    // What a registry without deletion is given, it keeps for ever.
    Done possible = co_await send_delete(std::string(kNobody));
    if (possible.kind != Done::Kind::done) co_return possible;
    const Result<Tag> tag = Tag::parse(journal.tag);
    if (!tag) co_return Done{Done::Kind::failed, tag.error().why};
    const Reference reference(options_.image, *tag);
    registry::Outcome<Digest> put = co_await registry::put_manifest(
        client_, reference, std::string(plan::cleanup::kJournalMediaType), journal.bytes);
    if (put) co_return Done{};
    const bool denied = put.error().kind == registry::FailureKind::denied ||
                        put.error().kind == registry::FailureKind::unauthorized;
    co_return Done{denied ? Done::Kind::denied : Done::Kind::failed, put.error().error.why};
}

asio::awaitable<Done> OciBackend::untag(std::string tag, std::optional<Journal>) {
    const std::string what = fmt::format("Cannot delete the tag {} of {}", tag, options_.image.string());
    registry::Outcome<http::Response> response =
        co_await client_.send(what, options_.image, registry::Access::remove, http::Method::delete_,
                              "manifests/" + tag, http::Headers(), std::string());
    if (!response) co_return Done{Done::Kind::failed, response.error().error.why};
    if (response->ok()) co_return Done{};
    std::string words = registry::registry_words(*response);
    if (response->status == 404) {
        const Result<Tag> parsed = Tag::parse(tag);
        if (!parsed) co_return Done{Done::Kind::failed, parsed.error().why};
        co_return co_await verify_absence(Reference(options_.image, *parsed), std::move(words));
    }
    if (response->status == 400 || response->status == 405 || response->status == 501) {
        co_return Done{Done::Kind::refused,
                       fmt::format("{} cannot delete a tag without its image ({}), and the image is needed",
                                   options_.image.host(), words)};
    }
    const bool denied = response->status == 401 || response->status == 403;
    co_return Done{denied ? Done::Kind::denied : Done::Kind::failed, words};
}

asio::awaitable<Done> OciBackend::send_delete(std::string reference) {
    const std::string what = fmt::format("Cannot delete {}@{}", options_.image.string(), reference);
    registry::Outcome<http::Response> response =
        co_await client_.send(what, options_.image, registry::Access::remove, http::Method::delete_,
                              "manifests/" + reference, http::Headers(), std::string());
    if (!response) {
        const bool denied = response.error().kind == registry::FailureKind::denied ||
                            response.error().kind == registry::FailureKind::unauthorized;
        co_return Done{denied ? Done::Kind::denied : Done::Kind::failed, response.error().error.why};
    }
    if (response->ok()) co_return Done{};
    std::string words = registry::registry_words(*response);
    if (response->status == 404) {
        const Result<Digest> digest = Digest::parse(reference);
        if (!digest) co_return Done{Done::Kind::failed, digest.error().why};
        co_return co_await verify_absence(Reference(options_.image, *digest), std::move(words));
    }
    const bool denied = response->status == 401 || response->status == 403 || response->status == 405;
    co_return Done{denied ? Done::Kind::denied : Done::Kind::failed, std::move(words)};
}

/// Some registries answer to a deletion that the user may not do as if there were nothing.
asio::awaitable<Done> OciBackend::verify_absence(Reference reference, std::string words) {
    registry::Outcome<std::optional<registry::Descriptor>> head =
        co_await registry::head_manifest(client_, reference, options_.access);
    if (!head) co_return Done{Done::Kind::failed, head.error().error.why};
    if (!*head) co_return Done{Done::Kind::done, "it was gone already"};
    co_return Done{Done::Kind::denied, fmt::format("{}, although {} is there: the user may not delete it",
                                                   words, reference.string())};
}

asio::awaitable<Done> OciBackend::remove(std::uint64_t, Digest digest) {
    co_return co_await send_delete(digest.string());
}

asio::awaitable<std::size_t> OciBackend::room() {
    co_return kWritesAtOnce * 4;
}

std::string OciBackend::restore_command(std::uint64_t) const {
    return {};
}

std::string OciBackend::how_to_allow_deletion() const {
    return fmt::format(
        "The user needs the right to delete from {}, and the registry has to allow it (docker-registry: "
        "REGISTRY_STORAGE_DELETE_ENABLED=true).",
        options_.image.host());
}

}  // namespace pr_image::commands::cleanup
