#include "registry/delete_manifest.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace pr_image::registry {

namespace asio = boost::asio;

asio::awaitable<Outcome<bool>> delete_manifest(Client client, ImageName name, Digest digest) {
    const std::string what = fmt::format("Cannot delete {}@{}", name.string(), digest.string());
    CO_TRY_ASSIGN(http::Response response,
                  co_await client.send(what, name, Access::remove, http::Method::delete_,
                                       "manifests/" + digest.string(), http::Headers(), std::string()));
    if (response.status == 404) co_return false;
    if (!response.ok()) co_return std::unexpected(failure_of(what, response));
    co_return true;
}

}  // namespace pr_image::registry
