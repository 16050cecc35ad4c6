#include "github/artifacts/stored_artifact.hpp"

#include "http/retry.hpp"
#include "text/json.hpp"
#include "text/map_error.hpp"
#include "text/percent.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr const char* kCannotReadOtherRun = "The other run's artifacts cannot be read";

bool is_repository(std::string_view text) {
    const std::vector<std::string_view> parts = text::split(text, '/');
    return parts.size() == 2 && std::ranges::all_of(parts, [](std::string_view part) {
               return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, [](char c) {
                   return text::is_word(c) || c == '-' || c == '.';
               });
           });
}

// GitHub's REST API for one run.
class Api {
  public:
    static Result<Api> open(http::Client client, OtherRun run) {
        TRY_ASSIGN(http::Url url, http::Url::parse(run.api_url));
        if (!is_repository(run.repository)) {
            return text::fail(kCannotReadOtherRun,
                              fmt::format("'{}' is no repository", text::printable(run.repository)),
                              "Give it as owner/name.");
        }
        return Api(std::move(client), std::move(url), std::move(run));
    }

    asio::awaitable<Result<http::Response>> get(std::string path, int expected_status) const {
        CO_TRY_ASSIGN(http::Url url, base_.with_target(fmt::format("{}/repos/{}/actions/{}", prefix(),
                                                                   run_.repository, path)));
        http::Request request{.method = http::Method::get, .url = std::move(url)};
        request.headers.set("Accept", "application/vnd.github+json");
        request.headers.set("X-GitHub-Api-Version", "2022-11-28");
        if (!run_.token.empty()) request.headers.set("Authorization", "Bearer " + run_.token);
        request.redirects = 0;  // its target is a secret that is read in ranges
        http::Outcome<http::Response> response =
            co_await http::send_with_retry(client_, std::move(request), http::RetryPolicy{});
        if (!response) {
            Error error = std::move(response).error().error;
            error.what = kCannotReadOtherRun;
            co_return std::unexpected(std::move(error));
        }
        if (response->status != expected_status) co_return std::unexpected(reason(*response));
        co_return *std::move(response);
    }

    asio::awaitable<Result<http::Url>> locate(std::uint64_t id) const {
        std::string path = fmt::format("artifacts/{}/zip", id);
        CO_TRY_ASSIGN(const http::Response response, co_await get(std::move(path), 302));
        co_return accept_signed_url(response.headers.get("Location").value_or(""), base_, run_.mask);
    }

    [[nodiscard]] std::uint64_t run_id() const { return run_.run_id; }

  private:
    Api(http::Client client, http::Url base, OtherRun run)
        : client_(std::move(client)), base_(std::move(base)), run_(std::move(run)) {}

    [[nodiscard]] std::string_view prefix() const {
        std::string_view path = base_.path();
        while (path.ends_with('/'))
            path.remove_suffix(1);
        return path;
    }

    [[nodiscard]] Error reason(const http::Response& response) const {
        std::string message;
        if (const Result<json::value> body = text::parse_json(response.body, "answer")) {
            message = text::json_string(*body, "message");
        }
        Error error{.what = kCannotReadOtherRun,
                    .why = fmt::format("{} answered with status {}{}{} for run {} of {}", base_.origin(),
                                       response.status, message.empty() ? "" : ", ", text::printable(message),
                                       run_.run_id, run_.repository),
                    .fix = {}};
        if (response.status == 410) error.fix = "It has expired. Run the other workflow again.";
        if (response.status == 401 || response.status == 403 || response.status == 404) {
            error.fix =
                "Check the run's id and repository, and give the job `permissions: actions: read`; for "
                "another repository, a token that may read it.";
        }
        return error;
    }

    http::Client client_;
    http::Url base_;
    OtherRun run_;
};

}  // namespace

asio::awaitable<Result<std::optional<StoredArtifact>>> find_in_this_run(ResultsService service,
                                                                        ArtifactName name) {
    CO_TRY_ASSIGN(const std::vector<Listed> listed, text::without_kind(co_await service.list(name)));
    if (listed.empty()) co_return std::nullopt;
    const Listed& newest = listed.front();
    auto locate = [service, name, owner = newest.owner]() -> asio::awaitable<Result<http::Url>> {
        ResultsService asked = service;
        Answer<http::Url> url = co_await asked.locate(name, owner);
        co_return text::without_kind(std::move(url));
    };
    co_return StoredArtifact{.id = newest.id,
                             .name = newest.name,
                             .size = newest.size,
                             .digest = newest.digest,
                             .locate = std::move(locate)};
}

asio::awaitable<Result<std::optional<StoredArtifact>>> find_in_other_run(http::Client client, OtherRun run,
                                                                         ArtifactName name) {
    CO_TRY_ASSIGN(Api opened, Api::open(std::move(client), std::move(run)));
    const auto api = std::make_shared<const Api>(std::move(opened));
    std::string path = fmt::format("runs/{}/artifacts?per_page=100&name={}", api->run_id(),
                                   text::percent_encode(name.string()));
    CO_TRY_ASSIGN(const http::Response response, co_await api->get(std::move(path), 200));
    CO_TRY_ASSIGN(const json::value body, text::parse_json(response.body, "list of artifacts"));

    std::optional<StoredArtifact> newest;
    const json::value* artifacts = text::find_json(body, "artifacts");
    const json::array* array = artifacts == nullptr ? nullptr : artifacts->if_array();
    for (const json::value& artifact : array == nullptr ? json::array() : *array) {
        const std::optional<std::uint64_t> id = text::json_number(artifact, "id");
        const json::value* expired = text::find_json(artifact, "expired");
        if (!id || text::json_string(artifact, "name") != name.string()) continue;
        if (expired != nullptr && expired->is_bool() && expired->as_bool()) continue;
        if (newest && newest->id > *id) continue;
        newest = StoredArtifact{.id = *id,
                                .name = name.string(),
                                .size = text::json_number(artifact, "size_in_bytes").value_or(0),
                                .digest = std::nullopt,
                                .locate = [api, id = *id] { return api->locate(id); }};
        if (Result<Digest> digest = Digest::parse(text::json_string(artifact, "digest"))) {
            newest->digest = *std::move(digest);
        }
    }
    co_return newest;
}

}  // namespace pr_image::github::artifacts
