#include "github/pages.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <optional>
#include <string>

using namespace pr_image;
using github::Outcome;
using github::PageLinks;

namespace {

const std::string kList = "https://api.github.com/repositories/1/branches?per_page=100";

std::string link_to(const std::string& address, const std::string& relation) {
    return "<" + address + ">; rel=\"" + relation + "\"";
}

Outcome<PageLinks> read(const std::string& header, std::size_t page = 1, std::size_t entries = 100) {
    http::Response response{
        .status = 200, .url = http::Url::parse("https://api.github.com/repos/acme/app/branches").value()};
    if (!header.empty()) response.headers.set("Link", header);
    return github::page_links("Cannot list the branches of acme/app", response, page, entries);
}

}  // namespace

TEST_CASE("a list goes on as long as an answer says so, whether or not it names the last page") {
    struct Row {
        std::string header;
        std::size_t page;
        std::size_t entries;
        std::optional<std::size_t> next;
        std::optional<std::size_t> last;
    };
    const Row row = GENERATE(values<Row>({
        {"", 1, 99, {}, {}},
        {"", 1, 0, {}, {}},
        {link_to(kList + "&page=2", "next") + ", " + link_to(kList + "&page=25", "last"), 1, 100, 2, 25},
        {link_to(kList + "&page=2", "next"), 1, 100, 2, {}},
        {link_to("/repositories/1/branches?page=2&per_page=100", "next"), 1, 100, 2, {}},
        // An empty page in the middle ends nothing.
        {link_to(kList + "&page=4", "next"), 3, 0, 4, {}},
        {link_to(kList + "&page=3", "prev") + ", " + link_to(kList + "&page=1", "first"), 4, 100, {}, {}},
        {link_to(kList + "&page=25", "last"), 25, 7, {}, 25},
        // Something took the header away, or a full page is the last by chance: the next one shows which.
        {"", 1, 100, 2, {}},
        {"", 6, 100, 7, {}},
    }));
    CAPTURE(row.header, row.page, row.entries);
    const Outcome<PageLinks> links = read(row.header, row.page, row.entries);
    REQUIRE(links);
    CHECK(links->next == row.next);
    CHECK(links->last == row.last);
}

TEST_CASE("a list that leads astray is an error, since what is not read would be taken for gone") {
    const auto [header, words] = GENERATE(table<std::string, std::string>({
        {link_to("https://evil.example/branches?page=2", "next"), "somewhere else"},
        {link_to("http://api.github.com/branches?page=2", "next"), "somewhere else"},
        {link_to("https://api.github.com:8443/branches?page=2", "next"), "somewhere else"},
        {link_to("//evil.example/branches?page=2", "next"), "somewhere else"},
        {link_to("https://evil.example/branches?page=9", "last"), "somewhere else"},
        {link_to(kList + "&page=1", "next"), "followed by page 1"},
        {link_to(kList + "&page=3", "next"), "followed by page 3"},
        {link_to(kList, "next"), "names none"},
        {link_to(kList + "&page=", "next"), "names none"},
        {link_to(kList + "&page=0", "next"), "names none"},
        {link_to(kList + "&page=x", "next"), "names none"},
        {link_to(kList + "&page=2x", "next"), "names none"},
        {link_to(kList + "&after=abc", "next"), "names none"},
        {link_to(kList + "&mypage=2", "next"), "names none"},
        {link_to(kList + "&page=18446744073709551618", "next"), "names none"},
        {link_to(kList + "&page=2", "next") + ", " + link_to(kList + "&page=999999999", "last"),
         "names none"},
    }));
    CAPTURE(header);
    const Outcome<PageLinks> links = read(header);
    REQUIRE_FALSE(links);
    CHECK(links.error().error.why.contains(words));
    CHECK(links.error().error.what == "Cannot list the branches of acme/app");
    CHECK_FALSE(links.error().error.fix.empty());
}

TEST_CASE("a list in a circle and a list without an end are errors") {
    CHECK_FALSE(read(link_to(kList + "&page=7", "next"), 7));
    CHECK_FALSE(read(link_to(kList + "&page=1", "next"), 7));
    CHECK(read(link_to(kList + "&page=10000", "next"), 9'999));
    CHECK_FALSE(read(link_to(kList + "&page=10001", "next"), 10'000));
    CHECK_FALSE(read("", 10'000));
}
