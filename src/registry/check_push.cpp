#include "registry/check_push.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

PushCheck refused(const Failure& failure) {
    switch (failure.kind) {
        case FailureKind::unauthorized:
            return {PushAccess::unauthorized, failure.error.why};
        case FailureKind::denied:
            return {PushAccess::denied, failure.error.why};
        default:
            return {PushAccess::unreachable, failure.error.why};
    }
}

}  // namespace

asio::awaitable<PushCheck> check_push(Client client, ImageName name) {
    const std::string what = fmt::format("Cannot push to {}", name.string());
    Outcome<http::Response> started =
        co_await client.send(what, name, Access::push, http::Method::post, std::string("blobs/uploads/"),
                             http::Headers(), std::string());
    if (!started) co_return refused(started.error());
    if (started->status != 202 && started->status != 201) co_return refused(failure_of(what, *started));

    // The upload is only a question. Where the registry does not let it be cancelled, it expires by itself.
    const std::optional<std::string_view> location = started->headers.get("Location");
    const Result<http::Url> upload =
        location ? started->url.resolve(*location) : text::fail("No upload", "no Location");
    if (upload) {
        http::Request cancel{.method = http::Method::delete_, .url = *upload};
        cancel.timeouts.total = std::chrono::seconds(5);
        cancel.redirects = 0;
        const http::RetryPolicy once{.attempts = 1};
        const Outcome<http::Response> cancelled =
            co_await client.follow(what, name, Access::push, std::move(cancel), once);
    }
    co_return PushCheck{PushAccess::accepted, ""};
}

}  // namespace pr_image::registry
