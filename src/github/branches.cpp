#include "github/branches.hpp"

#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace asio = boost::asio;

asio::awaitable<Outcome<BranchPage>> list_branches(Api api, std::string repository, std::size_t page) {
    const std::string what = fmt::format("Cannot list the branches of {}", repository);
    CO_TRY_ASSIGN(
        http::Response response,
        co_await api.send(what, http::Method::get,
                          fmt::format("/repos/{}/branches?per_page=100&page={}", repository, page)));
    if (!response.ok()) {
        Failure failure = failure_of(what, response);
        failure.error.fix = "Give the job `permissions: contents: read`.";
        co_return std::unexpected(std::move(failure));
    }
    Result<std::vector<Branch>> branches = parse_branches(response.body);
    if (!branches) {
        co_return std::unexpected(Failure{FailureKind::unexpected, {what, branches.error().why, ""}});
    }
    CO_TRY_ASSIGN(const PageLinks pages, page_links(what, response, page, branches->size()));
    co_return BranchPage{*std::move(branches), pages};
}

Result<std::vector<Branch>> parse_branches(std::string_view json) {
    TRY_ASSIGN(const boost::json::value body, text::parse_json(json, "list of branches"));
    if (!body.is_array()) return text::fail("Malformed list of branches", "it is no list");
    std::vector<Branch> branches;
    for (const boost::json::value& entry : body.get_array()) {
        std::string name = text::json_string(entry, "name");
        // A branch that is overlooked would count as gone.
        if (name.empty()) return text::fail("Malformed list of branches", "an entry has no name");
        branches.push_back({.name = std::move(name), .head = text::json_string(entry, "commit.sha")});
    }
    return branches;
}

}  // namespace pr_image::github
