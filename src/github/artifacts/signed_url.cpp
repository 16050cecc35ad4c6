#include "github/artifacts/signed_url.hpp"

#include "text/percent.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace pr_image::github::artifacts {

namespace {

void mask_signature(std::string_view query, const Mask& mask) {
    constexpr std::array<std::string_view, 3> names = {"sig", "x-amz-signature", "x-goog-signature"};
    // What is behind a `#` is not sent, but where it stands, the signature ends.
    std::string parameters(query);
    std::ranges::replace(parameters, '#', '&');
    for (const std::string_view parameter : text::split(parameters, '&')) {
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string name = text::to_lower(parameter.substr(0, equals));
        const std::string_view value = parameter.substr(equals + 1);
        if (std::ranges::find(names, name) == names.end() || value.empty()) continue;
        mask(value);
        const std::optional<std::string> decoded = text::percent_decode(value);
        if (decoded && *decoded != value) mask(*decoded);
    }
}

}  // namespace

Result<http::Url> accept_signed_url(std::string_view text, const http::Url& service, const Mask& mask) {
    // Before anything can fail: what is refused below must not be readable either.
    const std::size_t query = text.find('?');
    if (query != std::string_view::npos && mask) mask_signature(text.substr(query + 1), mask);
    Result<http::Url> url = http::Url::parse(text);
    if (!url) {
        return text::fail("The artifact store cannot be reached",
                          fmt::format("{} answered with something that is no address", service.origin()),
                          "Run the job again; if it stays so, look whether a proxy answers in its place.");
    }
    if (service.secure() && !url->secure()) {
        return text::fail("The artifact store cannot be reached",
                          fmt::format("{} answered with an address that is not encrypted, {}",
                                      service.origin(), url->origin()));
    }
    return url;
}

}  // namespace pr_image::github::artifacts
