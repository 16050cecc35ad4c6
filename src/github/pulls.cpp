#include "github/pulls.hpp"

#include "http/retry.hpp"
#include "text/json.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace asio = boost::asio;
using text::fail;

Result<plan::PullRequestFacts> parse_pull_request(std::string_view json) {
    Result<boost::json::value> body = text::parse_json(json, "answer of GitHub's API");
    if (!body) return std::unexpected(body.error());
    Result<CommitSha> head = CommitSha::parse(text::json_string(*body, "head.sha"));
    if (!head) return fail("Malformed answer of GitHub's API", "the pull request has no head.sha");
    return plan::PullRequestFacts{.head_repository_id = text::json_number(*body, "head.repo.id").value_or(0),
                                  .head_sha = *std::move(head),
                                  .open = text::json_string(*body, "state") == "open"};
}

asio::awaitable<Result<plan::PullRequestFacts>> pull_request(http::Client client, std::string api_url,
                                                             plan::Secret token, std::string repository,
                                                             PullRequestNumber number) {
    const std::string address = fmt::format("{}/repos/{}/pulls/{}", api_url, repository, number.string());
    Result<http::Url> url = http::Url::parse(address);
    if (!url) co_return fail("Invalid GITHUB_API_URL", url.error().why);
    http::Request request{.method = http::Method::get, .url = *std::move(url)};
    request.headers.set("Accept", "application/vnd.github+json");
    request.headers.set("X-GitHub-Api-Version", "2022-11-28");
    request.headers.set("User-Agent", "pr-image");
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token.reveal());
    http::Outcome<http::Response> response = co_await http::send_with_retry(
        std::move(client), std::move(request), http::RetryPolicy{.attempts = 3});
    if (!response) co_return std::unexpected(response.error().error);
    if (response->status == 404 || response->status == 403 || response->status == 401) {
        co_return fail(fmt::format("Pull request #{} cannot be read", number.string()),
                       fmt::format("GitHub's API answered {} for {}", response->status, repository),
                       "Check input pr-number, and give the job `permissions: pull-requests: read`.");
    }
    if (!response->ok()) {
        co_return fail(fmt::format("Pull request #{} cannot be read", number.string()),
                       fmt::format("GitHub's API answered {}", response->status));
    }
    co_return parse_pull_request(response->body);
}

}  // namespace pr_image::github
