#include "registry/describe_image.hpp"

#include "registry/get_manifest.hpp"
#include "text/map_error.hpp"
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
    CO_TRY_ASSIGN(std::optional<RawManifest> raw, co_await get_manifest(client, reference));
    if (!raw) co_return std::nullopt;
    const Digest top = raw->digest;
    const auto bad = [&reference](const Error& error) { return malformed(reference, error); };

    for (int depth = 0; is_index(raw->media_type); ++depth) {
        CO_TRY_ASSIGN(const Index index, text::map_error(parse_index(raw->bytes), bad));
        const Descriptor* chosen = choose_platform(index, platform);
        if (chosen == nullptr || depth == kDeepestIndex) co_return std::nullopt;
        const Reference child(reference.name(), chosen->digest);
        CO_TRY_ASSIGN(raw, co_await get_manifest(client, child));
        if (!raw) co_return std::nullopt;
    }

    CO_TRY_ASSIGN(Manifest manifest, text::map_error(parse_manifest(raw->bytes), bad));
    CO_TRY_ASSIGN(std::string blob,
                  co_await get_blob(client, reference.name(), manifest.config, kLargestConfig));
    CO_TRY_ASSIGN(ImageConfig config, text::map_error(parse_image_config(blob), bad));
    if (platform && !config.platform.satisfies(*platform)) co_return std::nullopt;
    co_return ImageDescription{top, raw->digest, std::move(manifest.config), std::move(config)};
}

}  // namespace pr_image::registry
