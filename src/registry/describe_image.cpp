#include "registry/describe_image.hpp"

#include "registry/get_manifest.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kLargestConfig = 8 * 1024 * 1024;
// An index in an index is allowed and nobody has seen a third.
constexpr int kDeepestIndex = 3;

Failure malformed(const Reference& reference, Error error) {
    return {FailureKind::unexpected,
            {fmt::format("Cannot read {}", reference.string()), fmt::format("{}: {}", error.what, error.why),
             ""}};
}

}  // namespace

asio::awaitable<Outcome<std::optional<ImageDescription>>> describe_image(Client client, Reference reference,
                                                                         std::optional<Platform> platform) {
    Outcome<std::optional<RawManifest>> raw = co_await get_manifest(client, reference);
    if (!raw) co_return std::unexpected(std::move(raw).error());
    if (!*raw) co_return std::nullopt;
    const Digest top = (*raw)->digest;

    for (int depth = 0; is_index((*raw)->media_type); ++depth) {
        const Result<Index> index = parse_index((*raw)->bytes);
        if (!index) co_return std::unexpected(malformed(reference, index.error()));
        const Descriptor* chosen = choose_platform(*index, platform);
        if (chosen == nullptr || depth == kDeepestIndex) co_return std::nullopt;
        const Reference child(reference.name(), chosen->digest);
        raw = co_await get_manifest(client, child);
        if (!raw) co_return std::unexpected(std::move(raw).error());
        if (!*raw) co_return std::nullopt;
    }

    Result<Manifest> manifest = parse_manifest((*raw)->bytes);
    if (!manifest) co_return std::unexpected(malformed(reference, manifest.error()));
    CO_TRY_ASSIGN(std::string blob,
                  co_await get_blob(client, reference.name(), manifest->config, kLargestConfig));
    Result<ImageConfig> config = parse_image_config(blob);
    if (!config) co_return std::unexpected(malformed(reference, config.error()));
    if (platform && !config->platform.satisfies(*platform)) co_return std::nullopt;
    co_return ImageDescription{top, (*raw)->digest, std::move(manifest->config), *std::move(config)};
}

}  // namespace pr_image::registry
