#pragma once

#include "http/url.hpp"
#include "text/error.hpp"

#include <functional>
#include <string_view>

namespace pr_image::github::artifacts {

/// Makes a secret unreadable in every log from now on.
using Mask = std::function<void(std::string_view secret)>;

/// Takes an address that a service has signed, and the service's own address; masks the query parameters that
/// make it a secret (`sig` of Azure, `X-Amz-Signature` and `X-Goog-Signature` of other stores), both as
/// written and decoded, and gives the address. Errors: no URL; plain HTTP although the service itself is on
/// HTTPS. No Error quotes it.
Result<http::Url> accept_signed_url(std::string_view text, const http::Url& service, const Mask& mask);

}  // namespace pr_image::github::artifacts
