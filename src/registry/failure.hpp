#pragma once

#include "http/failure.hpp"
#include "http/message.hpp"
#include "text/error.hpp"

#include <chrono>
#include <expected>
#include <optional>
#include <string>

namespace pr_image::registry {

/// Why a registry did not do what it was asked.
enum class FailureKind {
    unreachable,   ///< no answer, or only "not now" (429, 5xx)
    unauthorized,  ///< it does not accept these credentials, or wants some (401)
    denied,        ///< it knows who asks and says no (403, and 404 or 405 where writing is concerned)
    unexpected,    ///< an answer that the protocol does not have, or a refusal by another server
    cancelled
};

struct Failure {
    FailureKind kind = FailureKind::unexpected;
    text::Error error;
    /// How long the registry wants to be left alone (Retry-After), where it said so.
    std::optional<std::chrono::milliseconds> retry_after{};
};

template <typename T>
using Outcome = std::expected<T, Failure>;

/// Takes an error response; gives the registry's own words for it, printable: `DENIED: permission_denied:
/// write_package` (OCI distribution spec, "Error codes"), or `HTTP 403` where it says nothing.
std::string registry_words(const http::Response& response);

/// Takes what was tried ("Cannot push to ghcr.io/acme/app") and the error response; gives the Failure that
/// its status means.
Failure failure_of(std::string what, const http::Response& response);

/// Takes what was tried and why there is no response.
Failure failure_of(std::string what, const http::Failure& failure);

}  // namespace pr_image::registry
