#include "github/pages.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace pr_image::github {

namespace {

/// A million entries; the largest lists that are known have a tenth of that.
constexpr std::size_t kMaxPages = 10'000;

std::unexpected<Failure> broken(const std::string& what, std::string why) {
    return std::unexpected(Failure{
        FailureKind::unexpected,
        {what, std::move(why), "Check GITHUB_API_URL, and that no proxy answers in GitHub's place."}});
}

/// The page that an address asks for.
std::optional<std::size_t> page_of(std::string_view address) {
    const std::size_t question = address.find('?');
    if (question == std::string_view::npos) return std::nullopt;
    for (const std::string_view parameter : text::split(address.substr(question + 1), '&')) {
        if (!parameter.starts_with("page=")) continue;
        return text::parse_number<std::size_t>(parameter.substr(5), 1, kMaxPages);
    }
    return std::nullopt;
}

/// The page that the answer's link with that relation leads to.
Outcome<std::optional<std::size_t>> linked_page(const std::string& what, const http::Response& response,
                                                std::string_view relation) {
    const std::optional<std::string> target = http::link_target(response.headers, relation);
    if (!target) return std::nullopt;
    const Result<http::Url> url = response.url.resolve(*target);
    if (!url || url->origin() != response.url.origin()) {
        return broken(what,
                      fmt::format("the list goes on somewhere else: {}", text::printable(*target, 200)));
    }
    const std::optional<std::size_t> page = page_of(*target);
    if (!page) {
        return broken(what, fmt::format("the list's link to its {} page names none: {}", relation,
                                        text::printable(*target, 200)));
    }
    return page;
}

}  // namespace

Outcome<PageLinks> page_links(const std::string& what, const http::Response& response, std::size_t page,
                              std::size_t entries) {
    Outcome<std::optional<std::size_t>> next = linked_page(what, response, "next");
    if (!next) return std::unexpected(std::move(next).error());
    Outcome<std::optional<std::size_t>> last = linked_page(what, response, "last");
    if (!last) return std::unexpected(std::move(last).error());
    if (*next && **next != page + 1) {
        return broken(what, fmt::format("page {} of the list is followed by page {}", page, **next));
    }
    PageLinks links{.next = *next, .last = *last};
    if (!response.headers.get("Link") && entries >= kPageSize) links.next = page + 1;
    if (links.next && *links.next > kMaxPages) return broken(what, "the list has no end");
    return links;
}

}  // namespace pr_image::github
