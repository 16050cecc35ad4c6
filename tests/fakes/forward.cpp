#include "fakes/forward.hpp"

#include "support/http_client.hpp"
#include "text/strings.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace pr_image::fakes {

namespace {

/// Content-Length is made anew on each side, but for the answer to a HEAD, which has nothing to measure.
bool is_passed_on(std::string_view name, bool keep_length) {
    static constexpr std::array<std::string_view, 8> kOfOneConnection = {
        "connection", "keep-alive", "proxy-connection",  "te",
        "trailer",    "upgrade",    "transfer-encoding", "proxy-authorization"};
    const std::string lower = text::to_lower(name);
    if (lower == "content-length") return keep_length;
    return std::ranges::find(kOfOneConnection, lower) == kOfOneConnection.end();
}

}  // namespace

Reply forward(const Seen& seen, std::uint16_t port) {
    support::HttpFields fields;
    for (const auto& field : seen.headers.fields()) {
        if (is_passed_on(field.first, false)) fields.push_back(field);
    }
    support::HttpResponse answer;
    try {
        answer = support::http_request("127.0.0.1", port, seen.method, seen.target, fields, seen.body);
    } catch (const boost::system::system_error& unreachable) {
        return {.status = 502, .body = unreachable.what()};
    }
    Reply reply{.status = static_cast<int>(answer.status), .body = std::move(answer.body)};
    for (auto& field : answer.fields) {
        if (is_passed_on(field.first, seen.method == "HEAD")) reply.headers.push_back(std::move(field));
    }
    return reply;
}

}  // namespace pr_image::fakes
