#include "github/artifacts/results_service.hpp"

#include "text/json.hpp"
#include "text/map_error.hpp"
#include "text/try.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using text::printable;

std::string remedy(int status, std::string_view message) {
    if (message.find("insufficient usage") != std::string_view::npos) {
        return "The account's artifact storage is full: delete old artifacts or wait until GitHub has "
               "counted "
               "again (6 to 12 hours).";
    }
    if (status == 401 || status == 403) {
        return "The run's token is not accepted: it ends with the job, and belongs to this job alone.";
    }
    if (status >= 500 || http::is_transient(status)) return "Wait a moment and run the job again.";
    return {};
}

Refusal refusal_of(const http::Response& response, std::string what) {
    Refusal refusal{
        .status = response.status, .code = {}, .error = {.what = std::move(what), .why = {}, .fix = {}}};
    std::string message;
    if (const Result<json::value> body = text::parse_json(response.body, "answer")) {
        refusal.code = text::json_string(*body, "code");
        message = text::json_string(*body, "msg");
    }
    refusal.error.why = fmt::format("{} answered with status {}{}{}", response.url.origin(), response.status,
                                    message.empty() ? "" : ": ", printable(message));
    refusal.error.fix = remedy(response.status, message);
    return refusal;
}

Refusal malformed(std::string what, const http::Url& url, std::string_view detail) {
    return {
        .status = 0,
        .code = {},
        .error = {.what = std::move(what),
                  .why = fmt::format("{} answered without {}", url.origin(), detail),
                  .fix = "Run the job again; if it stays so, look whether a proxy answers in its place."}};
}

// Without an answer there is neither status nor code.
Refusal unanswered(Error error) {
    return {.status = 0, .code = {}, .error = std::move(error)};
}

}  // namespace

Result<ResultsService> ResultsService::open(http::Client client, std::string_view url, std::string token,
                                            Mask mask) {
    if (url.empty() || token.empty()) {
        return text::fail(
            "Artifacts are not available to this step",
            "the runner gave no address or no token of the Results service",
            "Use this as an action (`uses:`), not in a `run:` step, or hand the image over through "
            "the registry.");
    }
    Result<http::Url> parsed = http::Url::parse(url);
    if (!parsed) {
        return text::fail(
            "Artifacts are not available to this step",
            fmt::format("the runner's address of the Results service is unusable: {}", parsed.error().why));
    }
    TRY_ASSIGN(JobScope scope, parse_job_scope(token));
    return ResultsService(std::move(client), *std::move(parsed), std::move(token), std::move(scope),
                          std::move(mask));
}

asio::awaitable<Answer<json::value>> ResultsService::call(std::string_view method, json::object fields,
                                                          std::string what) {
    const std::string target = fmt::format("/twirp/github.actions.results.api.v1.ArtifactService/{}", method);
    CO_TRY_ASSIGN(http::Url url, text::map_error(url_.with_target(target), unanswered));
    http::Request request{.method = http::Method::post, .url = std::move(url)};
    request.headers.set("Authorization", "Bearer " + token_);
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.body = json::serialize(fields);
    request.redirects = 0;

    http::Outcome<http::Response> response =
        co_await http::send_with_retry(client_, std::move(request), retry_);
    if (!response) {
        Error error = std::move(response).error().error;
        error.what = std::move(what);
        co_return std::unexpected(unanswered(std::move(error)));
    }
    if (!response->ok()) co_return std::unexpected(refusal_of(*response, std::move(what)));
    Result<json::value> body = text::parse_json(response->body, "answer");
    if (!body) co_return std::unexpected(malformed(std::move(what), url_, "JSON"));
    co_return *std::move(body);
}

Answer<http::Url> ResultsService::signed_url(const Answer<json::value>& answer, std::string_view snake,
                                             std::string_view camel) const {
    TRY_ASSIGN(const json::value body, answer);
    return text::map_error(accept_signed_url(answered_url(body, snake, camel), url_, mask_), unanswered);
}

asio::awaitable<Answer<http::Url>> ResultsService::create(
    ArtifactName name, std::string content_type, std::optional<std::chrono::sys_seconds> expires_at) {
    json::object fields{{"workflow_run_backend_id", scope_.run},
                        {"workflow_job_run_backend_id", scope_.job},
                        {"name", name.string()},
                        {"mime_type", content_type},
                        {"version", 7}};
    if (expires_at) fields["expires_at"] = fmt::format("{:%FT%TZ}", *expires_at);
    const std::string what = fmt::format("Artifact '{}' cannot be created", printable(name.string()));
    const Answer<json::value> answer = co_await call("CreateArtifact", std::move(fields), what);
    co_return signed_url(answer, "signed_upload_url", "signedUploadUrl");
}

asio::awaitable<Answer<std::uint64_t>> ResultsService::finalize(ArtifactName name, std::uint64_t size,
                                                                Digest digest) {
    json::object fields{{"workflow_run_backend_id", scope_.run},
                        {"workflow_job_run_backend_id", scope_.job},
                        {"name", name.string()},
                        {"size", std::to_string(size)},
                        {"hash", digest.string()}};
    const std::string what = fmt::format("Artifact '{}' cannot be completed", printable(name.string()));
    CO_TRY_ASSIGN(const json::value answer, co_await call("FinalizeArtifact", std::move(fields), what));
    const std::optional<std::uint64_t> id = answered_id(answer);
    if (!id) co_return std::unexpected(malformed(what, url_, "an id"));
    co_return *id;
}

asio::awaitable<Answer<std::vector<Listed>>> ResultsService::list(ArtifactName name) {
    json::object fields{{"workflow_run_backend_id", scope_.run},
                        {"workflow_job_run_backend_id", scope_.job},
                        {"name_filter", name.string()}};
    const std::string what = fmt::format("Artifact '{}' cannot be looked up", printable(name.string()));
    CO_TRY_ASSIGN(const json::value answer, co_await call("ListArtifacts", std::move(fields), what));
    co_return listed_artifacts(answer, name.string());
}

asio::awaitable<Answer<http::Url>> ResultsService::locate(ArtifactName name, JobScope owner) {
    json::object fields{{"workflow_run_backend_id", owner.run},
                        {"workflow_job_run_backend_id", owner.job},
                        {"name", name.string()}};
    const std::string what = fmt::format("Artifact '{}' cannot be opened", printable(name.string()));
    const Answer<json::value> answer = co_await call("GetSignedArtifactURL", std::move(fields), what);
    co_return signed_url(answer, "signed_url", "signedUrl");
}

asio::awaitable<Answer<void>> ResultsService::remove(ArtifactName name, JobScope owner) {
    json::object fields{{"workflow_run_backend_id", owner.run},
                        {"workflow_job_run_backend_id", owner.job},
                        {"name", name.string()}};
    const std::string what = fmt::format("Artifact '{}' cannot be replaced", printable(name.string()));
    CO_TRY(co_await call("DeleteArtifact", std::move(fields), what));
    co_return Answer<void>{};
}

}  // namespace pr_image::github::artifacts
