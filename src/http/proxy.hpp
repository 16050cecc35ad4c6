#pragma once

#include "http/url.hpp"
#include "text/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::http {

/// Environment variables by name, as whoever read them hands them on.
using Environment = std::map<std::string, std::string, std::less<>>;

/// Which requests go through which proxy.
struct ProxyConfig {
    std::optional<ProxyUrl> http;
    std::optional<ProxyUrl> https;
    std::vector<std::string> exceptions;  ///< NO_PROXY's parts, trimmed, lower case
};

/// Takes HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or their lower-case names where those are not set. Errors: a
/// proxy URL that is none; the Error names the variable. Rule: golang.org/x/net/http/httpproxy, which buildx
/// and the engine follow, so that one setting means one thing to all of them.
Result<ProxyConfig> proxy_from_environment(const Environment& environment);

/// Gives the proxy that a request to `url` goes through, or nothing for a direct one. Loopback hosts are
/// always direct. An exception is `*`, an address, a CIDR block, `name` (it and its subdomains), `.name` or
/// `*.name` (its subdomains), each with `:port` or without.
const ProxyUrl* choose_proxy(const ProxyConfig& config, const Url& url);

}  // namespace pr_image::http
