#include "github/pull_request_states.hpp"

#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace {

namespace asio = boost::asio;
using boost::json::value;
using text::json_string;

/// Nothing when it says neither open nor closed: a state that nobody knows of is no reason to delete.
std::optional<PullRequestState> parse_state(const value& pull_request) {
    const std::string state = json_string(pull_request, "state");
    if (state != "open" && state != "closed") return std::nullopt;
    return PullRequestState{.open = state == "open",
                            .closed_at = text::read_timestamp(json_string(pull_request, "closed_at")),
                            .head_sha = json_string(pull_request, "head.sha")};
}

Failure with_permission(Failure failure) {
    if (failure.kind == FailureKind::refused || failure.kind == FailureKind::absent) {
        failure.error.fix = "Give the job `permissions: pull-requests: read`.";
    }
    return failure;
}

}  // namespace

asio::awaitable<Outcome<std::optional<PullRequestState>>> pull_request_state(Api api, std::string repository,
                                                                             PullRequestNumber number) {
    const std::string what = fmt::format("Cannot look at pull request #{}", number.string());
    CO_TRY_ASSIGN(http::Response response,
                  co_await api.send(what, http::Method::get,
                                    fmt::format("/repos/{}/pulls/{}", repository, number.string())));
    if (response.status == 404) co_return std::nullopt;
    if (!response.ok()) co_return std::unexpected(with_permission(failure_of(what, response)));
    const Result<value> body = text::parse_json(response.body, "answer of GitHub's API");
    if (!body) {
        co_return std::unexpected(Failure{
            FailureKind::unexpected,
            {what, body.error().why, "Run the job again; if it stays, check what GITHUB_API_URL names."}});
    }
    co_return parse_state(*body);
}

asio::awaitable<Outcome<PullRequestPage>> list_pull_requests(Api api, std::string repository,
                                                             std::size_t page) {
    const std::string what = fmt::format("Cannot list the pull requests of {}", repository);
    CO_TRY_ASSIGN(
        http::Response response,
        co_await api.send(
            what, http::Method::get,
            fmt::format("/repos/{}/pulls?state=all&sort=created&direction=desc&per_page=100&page={}",
                        repository, page)));
    if (!response.ok()) co_return std::unexpected(with_permission(failure_of(what, response)));
    Result<PullRequestStates> states = parse_pull_requests(response.body);
    if (!states) co_return std::unexpected(Failure{FailureKind::unexpected, {what, states.error().why, ""}});
    CO_TRY_ASSIGN(const PageLinks pages, page_links(what, response, page, states->size()));
    co_return PullRequestPage{*std::move(states), pages};
}

Result<PullRequestStates> parse_pull_requests(std::string_view json) {
    TRY_ASSIGN(const value body, text::parse_json(json, "list of pull requests"));
    if (!body.is_array()) return text::fail("Malformed list of pull requests", "it is no list");
    PullRequestStates states;
    for (const value& entry : body.get_array()) {
        const std::optional<std::uint64_t> number = text::json_number(entry, "number");
        const Result<PullRequestNumber> parsed =
            PullRequestNumber::parse(number ? std::to_string(*number) : "");
        const std::optional<PullRequestState> state = parse_state(entry);
        if (parsed && state) states.insert_or_assign(*parsed, *state);
    }
    return states;
}

}  // namespace pr_image::github
