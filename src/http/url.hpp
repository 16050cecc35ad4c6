#pragma once

#include "text/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::http {

/// An absolute http or https URL, parsed and normalised (RFC 3986), without a fragment.
class Url {
  public:
    /// Takes the text form. Errors: another scheme, no host, a port outside 1–65535, a user name or password
    /// (a proxy's URL is the only place for them: parse_proxy_url), characters that a URL may not hold.
    static Result<Url> parse(std::string_view text);

    [[nodiscard]] bool secure() const { return secure_; }
    [[nodiscard]] std::string_view scheme() const { return secure_ ? "https" : "http"; }
    /// Lower case; an IPv6 address without its brackets.
    [[nodiscard]] const std::string& host() const { return host_; }
    /// The port that is written or the scheme's own.
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Path and query, percent-encoded, never empty: the request target (RFC 9112 section 3.2.1).
    [[nodiscard]] const std::string& target() const { return target_; }
    /// The path alone, percent-encoded.
    [[nodiscard]] std::string_view path() const;
    /// Host with the port where it is not the scheme's own, as the Host header has it.
    [[nodiscard]] std::string authority() const;
    /// `scheme://authority`, which says whether two URLs may share credentials (RFC 6454).
    [[nodiscard]] std::string origin() const;
    /// The whole URL.
    [[nodiscard]] std::string string() const { return origin() + target_; }

    /// Takes a URL reference as a Location or Link header holds it; gives where it leads from here (RFC 3986
    /// section 5). Errors as parse().
    [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

    /// Takes a path (with a query or without, already percent-encoded) that begins with `/`; gives the URL of
    /// it on this origin.
    [[nodiscard]] Result<Url> with_target(std::string_view target) const;

    /// Takes a query parameter in its plain form; gives the URL with it appended, percent-encoded.
    [[nodiscard]] Url with_query(std::string_view name, std::string_view value) const;

    bool operator==(const Url&) const = default;

  private:
    friend struct UrlParser;
    Url() = default;

    bool secure_ = false;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string target_;
};

/// A proxy's place and what it wants to see.
struct ProxyUrl {
    Url url;
    std::string username;  ///< empty: no Proxy-Authorization
    std::string password;
};

/// Takes a proxy's URL as HTTPS_PROXY holds it: `http://` may be left out, `user:password@` may be there.
/// Errors as Url::parse, and for schemes that are no HTTP proxy (socks5). No Error quotes the password.
Result<ProxyUrl> parse_proxy_url(std::string_view text);

}  // namespace pr_image::http
