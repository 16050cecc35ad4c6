#include "http/failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

std::string_view verb(Step step) {
    switch (step) {
        case Step::resolve:
            return "looking up its name";
        case Step::connect:
            return "connecting";
        case Step::handshake:
            return "setting up TLS";
        case Step::write:
            return "sending the request";
        case Step::read:
            return "waiting for the response";
    }
    return "talking to it";
}

FailureKind kind_of(Step step, const boost::system::error_code& code) {
    if (code == beast::error::timeout || code == asio::error::timed_out) return FailureKind::timeout;
    if (code == asio::error::operation_aborted) return FailureKind::cancelled;
    if (step == Step::resolve) return FailureKind::resolve;
    if (step == Step::connect) return FailureKind::connect;
    const bool ended =
        code == beast::http::error::end_of_stream || code == beast::http::error::partial_message ||
        code == asio::ssl::error::stream_truncated || code.category() == boost::system::system_category() ||
        code.category() == asio::error::get_misc_category();
    // A server that restarts, or is too busy, ends the connection; one that is not to be trusted goes on.
    if (step == Step::handshake) return ended ? FailureKind::closed : FailureKind::tls;
    if (code == beast::http::error::header_limit || code == beast::http::error::body_limit ||
        code == beast::http::error::buffer_overflow) {
        return FailureKind::limit;
    }
    return ended ? FailureKind::closed : FailureKind::protocol;
}

std::string_view remedy(FailureKind kind) {
    switch (kind) {
        case FailureKind::resolve:
            return "Check the host name, and HTTPS_PROXY and NO_PROXY where a proxy is needed.";
        case FailureKind::connect:
        case FailureKind::timeout:
            return "Check that the host is reachable from this runner, and HTTPS_PROXY and NO_PROXY where a "
                   "proxy is needed.";
        case FailureKind::closed:
            return "Try again in a moment; if it stays so, look for a proxy or firewall in between.";
        case FailureKind::protocol:
            return "Check that this is the right address, and that no proxy answers in its place.";
        case FailureKind::tls:
            return "Check that the host speaks TLS at this port.";
        default:
            return "";
    }
}

}  // namespace

bool is_transient(FailureKind kind) {
    switch (kind) {
        case FailureKind::resolve:
        case FailureKind::connect:
        case FailureKind::proxy:
        case FailureKind::timeout:
        case FailureKind::closed:
        case FailureKind::protocol:
            return true;
        default:
            return false;
    }
}

Failure make_failure(FailureKind kind, std::string_view origin, std::string why, std::string fix) {
    return {kind, {fmt::format("Cannot talk to {}", origin), std::move(why), std::move(fix)}};
}

Failure failure_of(Step step, const boost::system::error_code& code, std::string_view origin) {
    const FailureKind kind = kind_of(step, code);
    std::string why;
    if (kind == FailureKind::timeout) {
        why = fmt::format("{} took too long", verb(step));
    } else if (kind == FailureKind::cancelled) {
        why = fmt::format("cancelled while {}", verb(step));
    } else if (kind == FailureKind::limit) {
        why = "the response is larger than allowed";
    } else if (kind == FailureKind::closed) {
        why = fmt::format("the connection ended while {}", verb(step));
    } else {
        why = fmt::format("{} failed: {}", verb(step), text::printable(code.message()));
    }
    Failure failure = make_failure(kind, origin, std::move(why), std::string(remedy(kind)));
    failure.code = code;
    return failure;
}

}  // namespace pr_image::http
