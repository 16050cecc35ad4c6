#include "commands/merge/find_parts.hpp"

#include "async/run_workers.hpp"
#include "registry/get_manifest.hpp"
#include "registry/manifest.hpp"
#include "text/map_error.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using registry::IndexEntry;
using registry::Platform;
using registry::RawManifest;

namespace {

constexpr std::size_t kLargestConfig = std::size_t{8} << 20U;

using Found = Result<std::optional<FoundPart>>;

std::unexpected<Error> malformed(const Reference& reference, const Error& error) {
    return text::fail(fmt::format("Cannot read {}", reference.string()),
                      fmt::format("{}: {}", error.what, error.why));
}

/// The configuration of an image, whose labels say what it was built from.
asio::awaitable<Result<registry::ImageConfig>> read_config(registry::Client client, Reference reference,
                                                           std::string manifest_bytes) {
    Result<registry::Manifest> manifest = registry::parse_manifest(manifest_bytes);
    if (!manifest) co_return malformed(reference, manifest.error());
    CO_TRY_ASSIGN(const std::string blob, text::without_kind(co_await registry::get_blob(
                                              client, reference.name(), manifest->config, kLargestConfig)));
    Result<registry::ImageConfig> config = registry::parse_image_config(blob);
    if (!config) co_return malformed(reference, config.error());
    co_return config;
}

/// The entry of the index that is the platform's own image; nullptr when it has none.
const IndexEntry* choose(const std::vector<IndexEntry>& entries, const Platform& platform) {
    for (const IndexEntry& entry : entries) {
        const registry::Descriptor& descriptor = entry.descriptor;
        const bool fits = descriptor.platform && descriptor.platform->satisfies(platform);
        const bool image =
            !registry::is_attestation(descriptor) && !registry::is_index(descriptor.media_type);
        if (fits && image) return &entry;
    }
    return nullptr;
}

/// Takes what a tag holds; gives the image for the platform in it, or nothing when it holds none.
asio::awaitable<Found> part_of(registry::Client client, Reference reference, RawManifest raw,
                               Platform platform) {
    FoundPart part{.image = registry::make_entry(raw, platform)};
    if (registry::is_index(raw.media_type)) {
        const Result<std::vector<IndexEntry>> entries = registry::index_entries(raw.bytes);
        if (!entries) co_return malformed(reference, entries.error());
        const IndexEntry* chosen = choose(*entries, platform);
        if (chosen == nullptr) co_return std::nullopt;
        part.image = *chosen;
        part.attestations = registry::attestations_of(*entries, chosen->descriptor.digest);
        const Reference child(reference.name(), chosen->descriptor.digest);
        CO_TRY_ASSIGN(std::optional<RawManifest> manifest,
                      text::without_kind(co_await registry::get_manifest(client, child)));
        if (!manifest) co_return std::nullopt;
        raw = *std::move(manifest);
    }
    CO_TRY_ASSIGN(registry::ImageConfig config, co_await read_config(client, reference, raw.bytes));
    if (!config.platform.satisfies(platform)) co_return std::nullopt;
    part.labels.emplace(config.labels.begin(), config.labels.end());
    co_return part;
}

/// What an earlier merge of this run has put together. Another run's is none of ours.
asio::awaitable<Found> merged_before(registry::Client client, const plan::MergePlan& plan,
                                     Platform platform) {
    const Reference tag = plan.image.tags.front();
    CO_TRY_ASSIGN(std::optional<RawManifest> held,
                  text::without_kind(co_await registry::get_manifest(client, tag)));
    if (!held) co_return std::nullopt;
    Found part = co_await part_of(client, tag, *std::move(held), std::move(platform));
    if (!part || !*part) co_return part;
    if (!plan::is_of_run(plan, (*part)->labels)) co_return std::nullopt;
    co_return part;
}

asio::awaitable<void> find_part(registry::Client client, const plan::MergePlan& plan, std::size_t i,
                                Found& found) {
    const Result<Platform> platform = Platform::parse(plan.parts[i].platform);
    if (!platform) {
        found = std::unexpected(platform.error());
        co_return;
    }
    const Reference staged = plan.parts[i].staged;
    registry::Outcome<std::optional<RawManifest>> held = co_await registry::get_manifest(client, staged);
    if (!held) {
        found = std::unexpected(held.error().error);
    } else if (!*held) {
        found = co_await merged_before(client, plan, *platform);
    } else {
        const Digest digest = (*held)->digest;
        found = co_await part_of(client, staged, **std::move(held), *platform);
        if (found && *found) (*found)->staged = digest;
    }
}

/// One of the plan's `given`, as the image of each part's platform that it holds.
using Offers = Result<std::vector<std::optional<FoundPart>>>;

asio::awaitable<Offers> offers_of(registry::Client client, const plan::MergePlan& plan, std::size_t i) {
    const Reference& given = plan.given[i];
    CO_TRY_ASSIGN(const std::optional<RawManifest> held,
                  text::without_kind(co_await registry::get_manifest(client, given)));
    if (!held) {
        co_return text::fail("Part not found", fmt::format("the registry does not hold {}", given.string()),
                             "Run the job that built it again: its tag was deleted, or a clean-up took it.");
    }
    std::vector<std::optional<FoundPart>> offers;
    for (const plan::Part& part : plan.parts) {
        CO_TRY_ASSIGN(Platform platform, Platform::parse(part.platform));
        CO_TRY_ASSIGN(std::optional<FoundPart> offer,
                      co_await part_of(client, given, *held, std::move(platform)));
        offers.push_back(std::move(offer));
    }
    co_return offers;
}

asio::awaitable<void> look_at_given(registry::Client client, const plan::MergePlan& plan, std::size_t i,
                                    Offers& offers) {
    offers = co_await offers_of(std::move(client), plan, i);
}

asio::awaitable<Offers> find_given(const registry::Client& client, plan::MergePlan& plan) {
    std::vector<Offers> found(plan.given.size());
    std::vector<asio::awaitable<void>> looks;
    looks.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        looks.push_back(look_at_given(client, plan, i, found[i]));
    co_await async::run_workers(std::move(looks));

    std::vector<std::vector<bool>> fits;
    for (const Offers& offers : found) {
        CO_TRY(offers);
        std::vector<bool>& row = fits.emplace_back();
        for (const std::optional<FoundPart>& offer : *offers)
            row.push_back(offer.has_value());
    }
    CO_TRY_ASSIGN(const std::vector<std::size_t> chosen, plan::assign_given(plan, fits));
    std::vector<std::optional<FoundPart>> parts;
    parts.reserve(chosen.size());
    for (std::size_t part = 0; part < chosen.size(); ++part)
        parts.push_back((*found[chosen[part]])[part]);
    co_return parts;
}

}  // namespace

asio::awaitable<Result<std::vector<std::optional<FoundPart>>>> find_parts(Session& session,
                                                                          plan::MergePlan& plan) {
    if (!plan.given.empty()) co_return co_await find_given(session.registries, plan);
    std::vector<Found> found(plan.parts.size());
    std::vector<asio::awaitable<void>> looks;
    looks.reserve(found.size());
    for (std::size_t i = 0; i < plan.parts.size(); ++i)
        looks.push_back(find_part(session.registries, plan, i, found[i]));
    co_await async::run_workers(std::move(looks));

    std::vector<std::optional<FoundPart>> parts;
    parts.reserve(found.size());
    for (Found& part : found) {
        CO_TRY_ASSIGN(std::optional<FoundPart> one, std::move(part));
        parts.push_back(std::move(one));
    }
    co_return parts;
}

}  // namespace pr_image::commands
