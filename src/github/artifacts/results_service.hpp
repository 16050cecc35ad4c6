#pragma once

#include "github/artifacts/job_scope.hpp"
#include "github/artifacts/results_answers.hpp"
#include "github/artifacts/signed_url.hpp"
#include "http/client.hpp"
#include "http/retry.hpp"
#include "text/artifact_name.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::github::artifacts {

/// An answer of the service that is not a success.
struct Refusal {
    int status = 0;    ///< 0: there was no answer
    std::string code;  ///< Twirp's: "already_exists", "not_found"; empty when the answer is no Twirp error
    Error error;
};

template <typename T>
using Answer = std::expected<T, Refusal>;

/// The artifact half of the Results service, spoken to in Twirp's JSON (actions/toolkit, packages/artifact,
/// generated/results/api/v1/artifact.ts). Every call is tried again after failures that pass by.
class ResultsService {
  public:
    /// Takes the service's address (`ACTIONS_RESULTS_URL`) and the run's token (`ACTIONS_RUNTIME_TOKEN`),
    /// both as the runner gives them, and what masks secrets. Errors: either is empty or unusable.
    static Result<ResultsService> open(http::Client client, std::string_view url, std::string token,
                                       Mask mask);

    /// Replaces how often and how long calls are tried again.
    void set_retry(http::RetryPolicy policy) { retry_ = policy; }

    [[nodiscard]] const JobScope& scope() const { return scope_; }
    [[nodiscard]] const http::Client& client() const { return client_; }
    [[nodiscard]] const http::RetryPolicy& retry() const { return retry_; }

    /// Reserves the name for one raw file (version 7) and gives where to send it. Refusals: `already_exists`.
    boost::asio::awaitable<Answer<http::Url>> create(ArtifactName name, std::string content_type,
                                                     std::optional<std::chrono::sys_seconds> expires_at);

    /// Makes the artifact complete; gives its id.
    boost::asio::awaitable<Answer<std::uint64_t>> finalize(ArtifactName name, std::uint64_t size,
                                                           Digest digest);

    /// Gives this run's complete artifacts of that name, the newest first: a re-run may have left one for
    /// each attempt.
    boost::asio::awaitable<Answer<std::vector<Listed>>> list(ArtifactName name);

    /// Gives an address that the artifact can be read from for some minutes.
    boost::asio::awaitable<Answer<http::Url>> locate(ArtifactName name, JobScope owner);

    /// Removes what `owner` made or reserved under that name. Refusals: `not_found`.
    boost::asio::awaitable<Answer<void>> remove(ArtifactName name, JobScope owner);

  private:
    ResultsService(http::Client client, http::Url url, std::string token, JobScope scope, Mask mask)
        : client_(std::move(client)),
          url_(std::move(url)),
          token_(std::move(token)),
          scope_(std::move(scope)),
          mask_(std::move(mask)) {}

    boost::asio::awaitable<Answer<boost::json::value>> call(std::string_view method,
                                                            boost::json::object fields, std::string what);
    Answer<http::Url> signed_url(const Answer<boost::json::value>& answer, std::string_view snake,
                                 std::string_view camel) const;

    http::Client client_;
    http::Url url_;
    std::string token_;
    JobScope scope_;
    Mask mask_;
    http::RetryPolicy retry_{.attempts = 5, .any_method = true};
};

}  // namespace pr_image::github::artifacts
