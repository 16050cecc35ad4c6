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
    Result<std::vector<std::string>> names = parse_branches(response.body);
    if (!names) co_return std::unexpected(Failure{FailureKind::unexpected, {what, names.error().why, ""}});
    co_return BranchPage{*std::move(names), last_page(response)};
}

Result<std::vector<std::string>> parse_branches(std::string_view json) {
    TRY_ASSIGN(const boost::json::value body, text::parse_json(json, "list of branches"));
    if (!body.is_array()) return text::fail("Malformed list of branches", "it is no list");
    std::vector<std::string> names;
    for (const boost::json::value& entry : body.get_array()) {
        std::string name = text::json_string(entry, "name");
        // A branch that is overlooked would count as gone.
        if (name.empty()) return text::fail("Malformed list of branches", "an entry has no name");
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace pr_image::github
