#include "github/commits.hpp"

#include "text/json.hpp"
#include "text/map_error.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace asio = boost::asio;

Result<text::Timestamp> parse_commit_date(std::string_view json) {
    TRY_ASSIGN(boost::json::value body, text::parse_json(json, "answer of GitHub's API"));
    Result<text::Timestamp> date = text::parse_timestamp(text::json_string(body, "commit.committer.date"));
    if (!date) return text::fail("Malformed answer of GitHub's API", "the commit has no committer.date");
    return date;
}

asio::awaitable<Result<text::Timestamp>> commit_date(Api api, std::string repository, CommitSha commit) {
    const std::string what = fmt::format("Cannot read commit {}", commit.string());
    std::string path = fmt::format("/repos/{}/commits/{}", repository, commit.string());
    CO_TRY_ASSIGN(const http::Response response,
                  text::without_kind(co_await api.send(what, http::Method::get, std::move(path))));
    if (!response.ok()) {
        Failure failure = failure_of(what, response);
        if (failure.kind == FailureKind::refused || failure.kind == FailureKind::absent) {
            failure.error.fix =
                "Give the job `permissions: contents: read`; until then {{commit_date}} is the time of the "
                "run.";
        }
        co_return std::unexpected(std::move(failure.error));
    }
    co_return parse_commit_date(response.body);
}

}  // namespace pr_image::github
