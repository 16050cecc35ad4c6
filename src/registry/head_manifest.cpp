#include "registry/head_manifest.hpp"

#include "registry/get_manifest.hpp"
#include "registry/manifest.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace pr_image::registry {

namespace asio = boost::asio;

asio::awaitable<Outcome<std::optional<Descriptor>>> head_manifest(Client client, Reference reference,
                                                                  Access access) {
    const std::string what = fmt::format("Cannot look up {}", reference.string());
    http::Headers headers;
    headers.set("Accept", kManifestTypes);
    CO_TRY_ASSIGN(http::Response response,
                  co_await client.send(what, reference.name(), access, http::Method::head,
                                       manifest_path(reference), std::move(headers), std::string()));
    if (response.status == 404) co_return std::nullopt;
    const std::optional<std::string_view> header = response.headers.get("Docker-Content-Digest");
    Result<Digest> digest = Digest::parse(header.value_or(""));
    if (response.status == 405 || (response.ok() && !digest)) {
        CO_TRY_ASSIGN(std::optional<RawManifest> manifest, co_await get_manifest(client, reference));
        if (!manifest) co_return std::nullopt;
        co_return Descriptor{
            .media_type = manifest->media_type, .digest = manifest->digest, .size = manifest->bytes.size()};
    }
    if (!response.ok()) co_return std::unexpected(failure_of(what, response));
    if (reference.digest() && *digest != *reference.digest()) {
        co_return std::unexpected(
            Failure{FailureKind::unexpected,
                    {what, fmt::format("the registry answered for {}", digest->string()), ""}});
    }
    const std::string_view type = response.headers.get("Content-Type").value_or("");
    co_return Descriptor{
        .media_type = std::string(text::trim(type.substr(0, type.find(';')))),
        .digest = *std::move(digest),
        .size = text::parse_number<std::uint64_t>(response.headers.get("Content-Length").value_or(""))
                    .value_or(0)};
}

}  // namespace pr_image::registry
