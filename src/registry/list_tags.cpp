#include "registry/list_tags.hpp"

#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostTags = 100'000;
constexpr int kMostPages = 2'000;

Failure broken(const std::string& what, std::string why) {
    return {
        FailureKind::unexpected,
        {what, std::move(why), "Check that the registry is well, and that no proxy answers in its place."}};
}

Result<void> append_tags(std::vector<Tag>& tags, const std::string& body) {
    TRY_ASSIGN(const boost::json::value root, text::parse_json(body, "tag list"));
    const boost::json::object* members = root.if_object();
    const boost::json::value* found = members == nullptr ? nullptr : members->if_contains("tags");
    // docker-registry's word for a repository that has lost its last tag.
    if (found != nullptr && found->is_null()) return {};
    const boost::json::array* list = found == nullptr ? nullptr : found->if_array();
    if (list == nullptr) return text::fail("Cannot read the tag list", "the answer has no list of tags");
    for (const boost::json::value& entry : *list) {
        const boost::json::string* text = entry.if_string();
        Result<Tag> tag = Tag::parse(text == nullptr ? std::string_view() : std::string_view(*text));
        if (!tag) {
            return text::fail("Cannot read the tag list",
                              fmt::format("an entry is no tag: {}", tag.error().why));
        }
        tags.push_back(*std::move(tag));
    }
    return {};
}

}  // namespace

asio::awaitable<Outcome<std::vector<Tag>>> list_tags(Client client, ImageName name, Access access) {
    const std::string what = fmt::format("Cannot list the tags of {}", name.string());
    std::vector<Tag> tags;
    CO_TRY_ASSIGN(http::Response page,
                  co_await client.send(what, name, access, http::Method::get, std::string("tags/list?n=1000"),
                                       http::Headers(), std::string()));
    for (int pages = 1;; ++pages) {
        // What a list does not show is taken for gone: only the registry itself may say so.
        if (page.left_origin) {
            co_return std::unexpected(broken(what, fmt::format("{} redirects to {}, which is not followed",
                                                               name.host(), page.url.origin())));
        }
        if (page.status == 404 && pages == 1) co_return tags;
        if (!page.ok()) co_return std::unexpected(failure_of(what, page));
        if (Result<void> read = append_tags(tags, page.body); !read) {
            co_return std::unexpected(broken(what, read.error().why));
        }
        const std::optional<std::string> link = http::link_target(page.headers, "next");
        if (!link) co_return tags;
        if (tags.size() > kMostTags || pages == kMostPages) {
            co_return std::unexpected(broken(what, "the list has no end"));
        }
        Result<http::Url> next = page.url.resolve(*link);
        if (!next) co_return std::unexpected(broken(what, "the list goes on nowhere: " + next.error().why));
        http::Request request{.url = *std::move(next)};
        request.timeouts = client.options().timeouts;
        CO_TRY_ASSIGN(page,
                      co_await client.follow(what, name, access, std::move(request), client.options().retry));
    }
}

}  // namespace pr_image::registry
