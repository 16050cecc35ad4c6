#include "registry/failure.hpp"

#include "http/redirect.hpp"
#include "http/retry.hpp"
#include "text/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::registry {

namespace {

FailureKind kind_of(const http::Response& response) {
    const int status = response.status;
    if (http::is_transient(status)) return FailureKind::unreachable;
    // What another server thinks of a request without credentials says nothing about them.
    if (response.left_origin) return FailureKind::unexpected;
    if (status == 401) return FailureKind::unauthorized;
    if (status == 403 || status == 404 || status == 405) return FailureKind::denied;
    return FailureKind::unexpected;
}

std::string remedy(const http::Response& response, FailureKind kind) {
    if (http::redirect_origin(response)) {
        return "Name the registry by the address that it redirects to, if you trust that one.";
    }
    switch (kind) {
        case FailureKind::unauthorized:
            return "Check the user name and password or token for this registry.";
        case FailureKind::denied:
            return "Check what this token may do, and that the package gives this repository access.";
        case FailureKind::unreachable:
            return "Try again in a moment.";
        default:
            return {};
    }
}

}  // namespace

std::string registry_words(const http::Response& response) {
    std::string status = fmt::format("HTTP {}", response.status);
    if (const std::optional<std::string> origin = http::redirect_origin(response)) {
        return fmt::format("{}, a redirect to {} that is not followed", status, *origin);
    }
    const Result<boost::json::value> root = text::parse_json(response.body, "error");
    if (!root) return status;
    const boost::json::value* errors = text::find_json(*root, "errors");
    const boost::json::array* list = errors == nullptr ? nullptr : errors->if_array();
    if (list == nullptr || list->empty()) {
        // Token services answer in their own way: {"details":"incorrect username or password"}.
        for (const char* member : {"details", "message", "error"}) {
            const std::string words = text::json_string(*root, member);
            if (!words.empty()) return text::printable(words, 300);
        }
        return status;
    }
    const std::string code = text::json_string(list->front(), "code");
    const std::string message = text::json_string(list->front(), "message");
    if (code.empty() && message.empty()) return status;
    if (code.empty() || message.empty()) return text::printable(code + message, 300);
    return text::printable(code + ": " + message, 300);
}

Failure failure_of(std::string what, const http::Response& response) {
    const FailureKind kind = kind_of(response);
    std::string why =
        fmt::format("{}{} answered: {}", response.url.authority(),
                    response.left_origin ? ", where the registry sent this request without credentials," : "",
                    registry_words(response));
    return {
        kind, {std::move(what), std::move(why), remedy(response, kind)}, http::asked_delay(response.headers)};
}

Failure failure_of(std::string what, const http::Failure& failure) {
    const FailureKind kind =
        failure.kind == http::FailureKind::cancelled ? FailureKind::cancelled : FailureKind::unreachable;
    return {
        kind,
        {std::move(what), fmt::format("{}: {}", failure.error.what, failure.error.why), failure.error.fix}};
}

}  // namespace pr_image::registry
