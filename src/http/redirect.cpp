#include "http/redirect.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pr_image::http {

namespace {

// A list of what may leave, so that a header that a caller adds one day stays here unless it is put in.
constexpr std::array<std::string_view, 6> kHeadersForAnyOrigin = {
    "accept", "accept-encoding", "if-match", "if-none-match", "range", "user-agent"};

Headers without_identity(const Headers& headers) {
    Headers kept;
    for (const auto& [name, value] : headers.fields()) {
        const bool may_leave =
            std::ranges::find(kHeadersForAnyOrigin, text::to_lower(name)) != kHeadersForAnyOrigin.end();
        if (may_leave) kept.add(name, value);
    }
    return kept;
}

}  // namespace

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Outcome<bool> follow_redirect(Request& request, const Response& response) {
    const std::optional<std::string_view> location = response.headers.get("Location");
    if (request.redirects == 0 || !is_redirect(response.status) || !location) return false;
    const bool safe = request.method == Method::get || request.method == Method::head;
    const bool same_method = safe || response.status == 307 || response.status == 308;
    if (!same_method && response.status != 303) return false;

    Result<Url> next = request.url.resolve(*location);
    if (!next) return std::unexpected(Failure{FailureKind::protocol, std::move(next).error()});
    const bool leaves = next->origin() != request.url.origin();
    if (leaves && (!safe || request.same_origin)) return false;
    if (request.url.secure() && !next->secure()) {
        return std::unexpected(
            make_failure(FailureKind::refused, request.url.origin(),
                         fmt::format("it redirects to {}, which is not encrypted", next->origin())));
    }
    if (leaves) request.headers = without_identity(request.headers);
    if (!same_method) {
        request.method = Method::get;
        request.body = std::string();
        request.headers.remove("Content-Type");
        // It still belongs to a request that changes something.
        request.same_origin = true;
    }
    request.url = *std::move(next);
    return true;
}

std::optional<std::string> redirect_origin(const Response& response) {
    const std::optional<std::string_view> location = response.headers.get("Location");
    if (!is_redirect(response.status) || !location) return std::nullopt;
    const Result<Url> url = response.url.resolve(*location);
    if (!url) return std::nullopt;
    return url->origin();
}

}  // namespace pr_image::http
