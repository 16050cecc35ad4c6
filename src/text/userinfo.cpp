#include "text/userinfo.hpp"

#include "text/strings.hpp"

#include <algorithm>
#include <array>

namespace pr_image::text {

namespace {

/// A URL's scheme that has user and password behind it.
bool takes_userinfo(std::string_view scheme) {
    constexpr std::array<std::string_view, 4> kSchemes{"http", "https", "git", "ssh"};
    const std::string lower = to_lower(scheme);
    const std::string_view last = std::string_view(lower).substr(lower.rfind('+') + 1);
    return std::ranges::find(kSchemes, last) != kSchemes.end();
}

}  // namespace

std::string without_userinfo(std::string_view address) {
    const std::size_t scheme = address.find("://");
    if (scheme == std::string_view::npos || !takes_userinfo(address.substr(0, scheme)))
        return std::string(address);
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(address.find_first_of("/?#", begin), address.size());
    const std::size_t at = address.substr(0, end).rfind('@');
    if (at == std::string_view::npos || at < begin) return std::string(address);
    std::string kept(address.substr(0, begin));
    if (to_lower(address.substr(0, scheme)).ends_with("ssh")) {
        const std::string_view userinfo = address.substr(begin, at - begin);
        kept.append(userinfo.substr(0, userinfo.find(':'))).append("@");
    }
    return kept.append(address.substr(at + 1));
}

}  // namespace pr_image::text
