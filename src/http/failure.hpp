#pragma once

#include "text/error.hpp"

#include <boost/system/error_code.hpp>

#include <expected>
#include <string>
#include <string_view>

namespace pr_image::http {

/// Why an exchange gave no response: what a caller may want to decide on.
enum class FailureKind {
    refused,    ///< this client would not send it: a bad header, a redirect to plain HTTP, too many redirects
    resolve,    ///< the host's name is unknown
    connect,    ///< nobody listens there, or no way leads there
    proxy,      ///< the proxy would not
    tls,        ///< no trusted TLS connection
    timeout,    ///< a step took longer than its limit
    closed,     ///< the other side ended the connection too early
    protocol,   ///< what came back is not HTTP
    limit,      ///< headers or body are larger than allowed
    cancelled,  ///< the caller cancelled
    local       ///< the request's own source or the response's sink failed
};

/// An exchange without a response.
struct Failure {
    FailureKind kind = FailureKind::protocol;
    text::Error error;
    boost::system::error_code code{};  ///< of the step that failed, where there is one
};

template <typename T>
using Outcome = std::expected<T, Failure>;

/// Says whether the same request may end otherwise in a moment: the network's failures, not the policy's.
bool is_transient(FailureKind kind);

/// The step of an exchange that an error code came from.
enum class Step { resolve, connect, handshake, write, read };

/// Takes the step, its error code and the origin (`https://host:port`) that it was meant for; gives the
/// Failure in words.
Failure failure_of(Step step, const boost::system::error_code& code, std::string_view origin);

/// Gives a Failure about `origin` with its reason and, where there is one, the remedy.
Failure make_failure(FailureKind kind, std::string_view origin, std::string why, std::string fix = {});

}  // namespace pr_image::http
