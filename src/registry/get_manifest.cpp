#include "registry/get_manifest.hpp"

#include "text/json.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

Failure untrue(std::string what, std::string why) {
    return {
        FailureKind::unexpected,
        {std::move(what), std::move(why), "Something between here and the registry changes what it sends."}};
}

// Docker's oldest registries and some proxies send text/plain: then the manifest says itself what it is.
std::string media_type_of(const http::Response& response) {
    const std::string_view header = response.headers.get("Content-Type").value_or("");
    const std::string_view type = text::trim(header.substr(0, header.find(';')));
    if (type.starts_with("application/vnd.")) return std::string(type);
    const Result<boost::json::value> root = text::parse_json(response.body, "manifest");
    const std::string own = root ? text::json_string(*root, "mediaType") : "";
    return own.empty() ? std::string(type) : own;
}

}  // namespace

std::string manifest_path(const Reference& reference) {
    return "manifests/" + (reference.digest() ? reference.digest()->string() : reference.tag()->string());
}

asio::awaitable<Outcome<std::optional<RawManifest>>> get_manifest(Client client, Reference reference) {
    const std::string what = fmt::format("Cannot read {}", reference.string());
    http::Headers headers;
    headers.set("Accept", kManifestTypes);
    CO_TRY_ASSIGN(http::Response response,
                  co_await client.send(what, reference.name(), Access::pull, http::Method::get,
                                       manifest_path(reference), std::move(headers), std::string()));
    if (response.status == 404) co_return std::nullopt;
    if (!response.ok()) co_return std::unexpected(failure_of(what, response));
    if (response.body.size() > kLargestManifest) {
        co_return std::unexpected(untrue(what, "the manifest is larger than 4 MiB"));
    }

    RawManifest manifest{media_type_of(response), text::sha256(response.body), std::move(response.body)};
    if (reference.digest() && *reference.digest() != manifest.digest) {
        co_return std::unexpected(
            untrue(what, fmt::format("the content has the digest {}", manifest.digest.string())));
    }
    const Result<Digest> announced =
        Digest::parse(response.headers.get("Docker-Content-Digest").value_or(""));
    if (announced && announced->algorithm() == "sha256" && *announced != manifest.digest) {
        co_return std::unexpected(
            untrue(what, fmt::format("the content has the digest {} and is announced as {}",
                                     manifest.digest.string(), announced->string())));
    }
    co_return manifest;
}

asio::awaitable<Outcome<std::string>> get_blob(Client client, ImageName name, Descriptor blob,
                                               std::size_t limit) {
    const std::string what = fmt::format("Cannot read {}@{}", name.string(), blob.digest.string());
    if (blob.size > limit) {
        co_return std::unexpected(Failure{
            FailureKind::unexpected,
            {what, fmt::format("it has {} bytes, and at most {} are expected", blob.size, limit), ""}});
    }
    CO_TRY_ASSIGN(http::Response response,
                  co_await client.send(what, name, Access::pull, http::Method::get,
                                       "blobs/" + blob.digest.string(), http::Headers(), std::string()));
    if (!response.ok()) co_return std::unexpected(failure_of(what, response));
    if (response.body.size() != blob.size || text::sha256(response.body) != blob.digest) {
        co_return std::unexpected(untrue(what, "the content is not what the manifest says"));
    }
    co_return std::move(response.body);
}

}  // namespace pr_image::registry
