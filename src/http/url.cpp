#include "http/url.hpp"

#include "text/number.hpp"
#include "text/percent.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace pr_image::http {

namespace {

namespace urls = boost::urls;

constexpr std::size_t kLongestUrl = 16 * 1024;  // signed URLs of blob stores run to a few thousand bytes

// Never the whole text: a query or a user part may hold a secret.
std::string shown(std::string_view text) {
    const std::size_t query = text.find_first_of("?#");
    std::string safe(text.substr(0, query));
    const std::size_t slashes = safe.find("//");
    const std::size_t begin = slashes == std::string::npos ? 0 : slashes + 2;
    const std::size_t end = std::min(safe.find('/', begin), safe.size());
    if (const std::size_t at = safe.rfind('@', end); at != std::string::npos && at >= begin) {
        safe.replace(begin, at - begin, "…");
    }
    return text::printable(safe);
}

std::unexpected<Error> bad_url(std::string_view text, std::string_view why) {
    return text::fail("Invalid URL", fmt::format("'{}' {}", shown(text), why));
}

std::string_view view(const auto& encoded) {
    return {encoded.data(), encoded.size()};
}

// Boost 1.81's port_number() wraps around.
std::optional<std::uint16_t> port_number(std::string_view digits) {
    return text::parse_number<std::uint16_t>(digits, 1);
}

}  // namespace

struct UrlParser {
    static Result<Url> from(const urls::url_view_base& parsed, std::string_view text) {
        Url url;
        const std::string scheme = text::to_lower(view(parsed.scheme()));
        if (scheme != "http" && scheme != "https") return bad_url(text, "is neither http nor https");
        url.secure_ = scheme == "https";

        url.host_ = text::to_lower(view(parsed.encoded_host_address()));
        if (url.host_.empty()) return bad_url(text, "has no host");
        if (url.host_.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._:") != std::string::npos) {
            return bad_url(text, "has a host that no name server knows");
        }

        url.port_ = url.secure_ ? 443 : 80;
        const std::string_view port = view(parsed.port());
        if (!port.empty()) {
            const std::optional<std::uint16_t> number = port_number(port);
            if (!number) return bad_url(text, "has a port outside 1 to 65535");
            url.port_ = *number;
        }

        url.target_ = view(parsed.encoded_path());
        if (url.target_.empty()) url.target_ = "/";
        // Boost 1.81 takes `host:x/` for an empty port and the path `x/`.
        if (!url.target_.starts_with('/')) return bad_url(text, "has a port that is no number");
        if (parsed.has_query()) {
            url.target_ += '?';
            url.target_ += view(parsed.encoded_query());
        }
        return url;
    }

    static Result<Url> without_user(const urls::url_view_base& parsed, std::string_view text) {
        if (parsed.has_userinfo()) return bad_url(text, "holds a user name, which has no place there");
        return from(parsed, text);
    }
};

Result<Url> Url::parse(std::string_view text) {
    if (text.size() > kLongestUrl) return bad_url(text, "is too long");
    const auto parsed = urls::parse_uri(text);
    if (!parsed) return bad_url(text, "is not an absolute URL");
    return UrlParser::without_user(*parsed, text);
}

std::string_view Url::path() const {
    return std::string_view(target_).substr(0, target_.find('?'));
}

std::string Url::authority() const {
    std::string text = host_.contains(':') ? "[" + host_ + "]" : host_;
    if (port_ != (secure_ ? 443 : 80)) text += fmt::format(":{}", port_);
    return text;
}

std::string Url::origin() const {
    return fmt::format("{}://{}", scheme(), authority());
}

Result<Url> Url::resolve(std::string_view reference) const {
    if (reference.size() > kLongestUrl) return bad_url(reference, "is too long");
    const auto relative = urls::parse_uri_reference(reference);
    if (!relative) return bad_url(reference, "is not a URL reference");
    const std::string here = string();
    const auto base = urls::parse_uri(here);
    if (!base) return bad_url(here, "is not an absolute URL");
    urls::url resolved(*base);
    if (!resolved.resolve(*relative)) return bad_url(reference, "leads nowhere from here");
    return UrlParser::without_user(resolved, reference);
}

Result<Url> Url::with_target(std::string_view target) const {
    if (!target.starts_with('/')) return bad_url(target, "does not begin with /");
    return parse(origin() + std::string(target));
}

Url Url::with_query(std::string_view name, std::string_view value) const {
    Url url = *this;
    url.target_ += target_.contains('?') ? '&' : '?';
    url.target_ += text::percent_encode(name);
    url.target_ += '=';
    url.target_ += text::percent_encode(value);
    return url;
}

Result<ProxyUrl> parse_proxy_url(std::string_view text) {
    const std::string whole = text.contains("://") ? std::string(text) : "http://" + std::string(text);
    const auto parsed = urls::parse_uri(whole);
    if (!parsed) return bad_url(whole, "is not the URL of a proxy");
    TRY_ASSIGN(Url url, UrlParser::from(*parsed, whole));
    if (url.secure()) return bad_url(whole, "is a proxy that speaks TLS itself, which is not supported");
    return ProxyUrl{std::move(url), parsed->user(), parsed->password()};
}

}  // namespace pr_image::http
