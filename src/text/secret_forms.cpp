#include "text/secret_forms.hpp"

#include "text/base64.hpp"
#include "text/percent.hpp"
#include "text/strings.hpp"
#include "text/utf8.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include <algorithm>
#include <utility>

namespace pr_image::text {
namespace {

// A lone brace or `---` of a multi-line secret protects nothing and would blot
// out whole logs.
constexpr std::size_t kShortestLine = 4;
// Fewer than this many characters of base64 match by chance.
constexpr std::size_t kShortestEncoding = 6;
// The rest that wrapping leaves on a last line tells little, and would be found
// in other texts.
constexpr std::size_t kShortestRest = 12;

/// The part of the base64 text that is the same whatever stands before
/// (`offset` bytes modulo 3) and after.
std::string base64_core(std::string_view secret, std::size_t offset) {
    const std::string encoded = base64_encode(std::string(offset, '\0').append(secret));
    const std::size_t first = offset == 0 ? 0 : offset + 1;
    const std::size_t last = (offset + secret.size()) * 8 / 6;
    return last > first ? encoded.substr(first, last - first) : std::string{};
}

/// The same bytes as base64url has them (RFC 4648 section 5): in JWTs, signed
/// addresses and registry headers.
std::string url_safe(std::string base64) {
    std::ranges::replace(base64, '+', '-');
    std::ranges::replace(base64, '/', '_');
    return base64;
}

/// As an HTML form or Go's url.QueryEscape has it: a blank is a plus sign.
std::string form_encoded(std::string_view plain) {
    return replace_all(percent_encode(plain), "%20", "+");
}

/// As a JSON string has it, without the quotes around: how plans, metadata and
/// API answers show it.
std::string json_escaped(std::string_view plain) {
    const std::string quoted = boost::json::serialize(boost::json::string_view(plain.data(), plain.size()));
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

std::vector<std::string> secret_forms(std::string_view secret) {
    std::vector<std::string> forms;
    const auto remember = [&](std::string form) {
        if (std::ranges::find(forms, form) == forms.end()) forms.push_back(std::move(form));
    };
    const auto remember_base64 = [&](std::string encoded) {
        if (encoded.size() < kShortestEncoding) return;
        remember(url_safe(encoded));
        remember(std::move(encoded));
    };
    const auto remember_encodings = [&](std::string_view plain) {
        remember_base64(base64_encode(plain));
        for (const std::size_t offset : {0U, 1U, 2U}) {
            remember_base64(base64_core(plain, offset));
            // What a line break in the encoded text leaves of it, where a group of
            // four begins.
            if (offset < plain.size()) remember_base64(base64_core(plain.substr(offset), 0));
        }
        remember(percent_encode(plain));
        remember(form_encoded(plain));
        remember(json_escaped(plain));
        // As a build's output is shown.
        remember(show_hidden(plain));
    };
    const auto remember_wrapped = [&](std::size_t width) {
        const std::string encoded = base64_core(secret, 0);
        for (std::size_t at = 0; encoded.size() > width && at < encoded.size(); at += width)
            if (encoded.size() - at >= kShortestRest) remember_base64(encoded.substr(at, width));
    };

    const std::string_view trimmed = trim(secret);
    if (trimmed.empty()) return forms;
    remember(std::string(secret));
    remember(std::string(trimmed));
    remember_encodings(secret);
    // As base64(1) and openssl(1) wrap it.
    for (const std::size_t width : {76U, 64U})
        remember_wrapped(width);
    const std::vector<std::string_view> parts = lines(secret);
    if (parts.size() > 1) {
        for (const std::string_view part : parts) {
            if (part.size() < kShortestLine) continue;
            remember(std::string(part));
            remember_encodings(part);
        }
    }
    return forms;
}

}  // namespace pr_image::text
