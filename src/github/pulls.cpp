#include "github/pulls.hpp"

#include "text/json.hpp"
#include "text/map_error.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace asio = boost::asio;
using text::fail;

Result<plan::PullRequestFacts> parse_pull_request(std::string_view json) {
    TRY_ASSIGN(boost::json::value body, text::parse_json(json, "answer of GitHub's API"));
    Result<CommitSha> head = CommitSha::parse(text::json_string(body, "head.sha"));
    if (!head || !head->is_full())
        return fail("Malformed answer of GitHub's API", "the pull request has no head.sha");
    return plan::PullRequestFacts{.head_repository_id = text::json_number(body, "head.repo.id").value_or(0),
                                  .head_sha = *std::move(head),
                                  .open = text::json_string(body, "state") == "open"};
}

asio::awaitable<Result<plan::PullRequestFacts>> pull_request(Api api, std::string repository,
                                                             PullRequestNumber number) {
    const std::string what = fmt::format("Cannot read pull request #{}", number.string());
    std::string path = fmt::format("/repos/{}/pulls/{}", repository, number.string());
    CO_TRY_ASSIGN(const http::Response response,
                  text::without_kind(co_await api.send(what, http::Method::get, std::move(path))));
    if (!response.ok()) {
        Failure failure = failure_of(what, response);
        if (failure.kind == FailureKind::refused || failure.kind == FailureKind::absent)
            failure.error.fix = "Check input pr-number, and give the job `permissions: pull-requests: read`.";
        co_return std::unexpected(std::move(failure.error));
    }
    co_return parse_pull_request(response.body);
}

}  // namespace pr_image::github
