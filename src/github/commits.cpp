#include "github/commits.hpp"

#include "http/retry.hpp"
#include "text/json.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace asio = boost::asio;

Result<text::Timestamp> parse_commit_date(std::string_view json) {
    Result<boost::json::value> body = text::parse_json(json, "answer of GitHub's API");
    if (!body) return std::unexpected(body.error());
    Result<text::Timestamp> date = text::parse_timestamp(text::json_string(*body, "commit.committer.date"));
    if (!date) return text::fail("Malformed answer of GitHub's API", "the commit has no committer.date");
    return date;
}

asio::awaitable<Result<text::Timestamp>> commit_date(http::Client client, std::string api_url,
                                                     plan::Secret token, std::string repository,
                                                     CommitSha commit) {
    const std::string address = fmt::format("{}/repos/{}/commits/{}", api_url, repository, commit.string());
    Result<http::Url> url = http::Url::parse(address);
    if (!url) co_return text::fail("Invalid GITHUB_API_URL", url.error().why);
    http::Request request{.method = http::Method::get, .url = *std::move(url)};
    request.headers.set("Accept", "application/vnd.github+json");
    request.headers.set("X-GitHub-Api-Version", "2022-11-28");
    request.headers.set("User-Agent", "pr-image");
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token.reveal());
    http::Outcome<http::Response> response = co_await http::send_with_retry(
        std::move(client), std::move(request), http::RetryPolicy{.attempts = 3});
    if (!response) co_return std::unexpected(response.error().error);
    if (!response->ok()) {
        co_return text::fail(
            fmt::format("Commit {} cannot be read", commit.string()),
            fmt::format("GitHub's API answered {} for {}", response->status, repository),
            "Give the job `permissions: contents: read`; until then {{commit_date}} is the time of the run.");
    }
    co_return parse_commit_date(response->body);
}

}  // namespace pr_image::github
