#include "fuzz/target.hpp"
#include "github/artifacts/signed_url.hpp"
#include "http/headers.hpp"
#include "http/redirect.hpp"
#include "http/url.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace pr_image::fuzz {
namespace {

bool harmless(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

void check(const http::Url& url) {
    require(harmless(url.string()) && url.target().starts_with('/') && !url.host().empty() && url.port() > 0);
    const auto again = http::Url::parse(url.string());
    require(again && *again == url);
}

// Whatever a Location says: nothing that says who asks leaves its origin, nothing that changes something
// does, and what is encrypted stays so.
void check_redirects(const http::Url& url, std::string_view location) {
    for (const http::Method method : {http::Method::get, http::Method::put}) {
        for (const int status : {301, 303, 307}) {
            http::Request request{.method = method, .url = url};
            request.headers.set("Authorization", "Bearer secret");
            http::Response response{.status = status, .url = url};
            response.headers.set("Location", location);
            const auto follows = http::follow_redirect(request, response);
            if (!follows || !*follows) {
                require(request.url == url && request.headers.get("Authorization"));
                continue;
            }
            check(request.url);
            require(request.url.secure() || !url.secure());
            const bool same = request.url.scheme() == url.scheme() && request.url.host() == url.host() &&
                              request.url.port() == url.port();
            require(same == request.headers.get("Authorization").has_value());
            require(same || method == http::Method::get);
            require(http::redirect_origin(response) == request.url.origin());
        }
    }
}

// A URL that is accepted reads back as itself, holds no user and no line break, and a reference that is
// followed from it leads to such a URL too. A signature is masked even in what is refused.
void try_urls(std::string_view input) {
    const std::string_view first = take_field(input);
    const auto url = http::Url::parse(first);
    if (url) {
        check(*url);
        check(url->with_query("name", input));
        if (const auto target = url->with_target(input)) {
            check(*target);
            require(target->origin() == url->origin());
        }
        if (const auto next = url->resolve(input)) check(*next);
        check_redirects(*url, input);
    }
    if (const auto proxy = http::parse_proxy_url(first)) check(proxy->url);

    static const http::Url service = http::Url::parse("https://results.example/").value();
    std::vector<std::string> masked;
    const auto mask = [&](std::string_view secret) { masked.emplace_back(secret); };
    const auto address = github::artifacts::accept_signed_url(first, service, mask);
    if (address) {
        require(address->secure());
        // What the request will carry is what was masked.
        const std::string_view query = std::string_view(address->target()).substr(address->path().size());
        for (const std::string_view parameter : text::split(query.substr(query.empty() ? 0 : 1), '&')) {
            if (!parameter.starts_with("sig=") || parameter.size() == 4) continue;
            require(std::ranges::find(masked, parameter.substr(4)) != masked.end());
        }
    }

    http::Headers headers;
    headers.add(first, input);
    for (const auto& [name, value] : headers.fields()) {
        const auto breaks = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; };
        require(!name.empty() && harmless(name) && !name.contains(':'));
        require(std::ranges::none_of(value, breaks));
    }
    for (const http::Link& link : http::parse_links(input))
        require(!link.relation.empty());
}

const Registered urls("urls", try_urls);

}  // namespace
}  // namespace pr_image::fuzz
