#include "registry/put_manifest.hpp"

#include "text/sha256.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::registry {

namespace asio = boost::asio;

asio::awaitable<Outcome<Digest>> put_manifest(Client client, Reference reference, std::string media_type,
                                              std::string bytes) {
    const std::string what = fmt::format("Cannot push {}", reference.string());
    const Digest digest = text::sha256(bytes);
    if (reference.digest() && *reference.digest() != digest) {
        co_return std::unexpected(
            Failure{FailureKind::unexpected, {what, "the manifest has the digest " + digest.string(), ""}});
    }
    http::Headers headers;
    headers.set("Content-Type", media_type);
    std::string path = "manifests/" + (reference.tag() ? reference.tag()->string() : digest.string());
    CO_TRY_ASSIGN(http::Response response,
                  co_await client.send(what, reference.name(), Access::push, http::Method::put,
                                       std::move(path), std::move(headers), std::move(bytes)));
    if (!response.ok()) co_return std::unexpected(failure_of(what, response));
    co_return digest;
}

}  // namespace pr_image::registry
