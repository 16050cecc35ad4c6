#pragma once

#include "fakes/artifact_service.hpp"
#include "fakes/cache_service.hpp"
#include "fakes/fault.hpp"
#include "fakes/http_server.hpp"
#include "fakes/run_token.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

struct ResultsServiceOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    bool record = true;  ///< keep each request for requests(); off, where GiB pass through
};

/// What exists only at GitHub, on one port of this machine: the Results service (artifacts and the cache's
/// second version), the store behind it, and the REST calls for other runs' artifacts. A program that speaks
/// to this as the runner's environment says cannot tell it from the real one as far as the rules written in
/// ArtifactService, CacheService and BlobStore go. Its methods may be called from any thread.
class ResultsService {
  public:
    explicit ResultsService(ResultsServiceOptions options = {});
    ~ResultsService();
    ResultsService(const ResultsService&) = delete;
    ResultsService& operator=(const ResultsService&) = delete;

    /// What ACTIONS_RESULTS_URL and GITHUB_API_URL hold.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const;
    /// What ACTIONS_RUNTIME_TOKEN holds.
    [[nodiscard]] static std::string token(const RunToken& run);
    /// A token that the REST calls accept, and the one repository they know.
    static constexpr std::string_view kRestToken = "ghs_rest_token";
    static constexpr std::string_view kRepository = "acme/app";

    void add_fault(Fault fault);
    /// How many faults were done to somebody so far.
    [[nodiscard]] std::size_t injected() const;

    /// Does something with the services while no request is answered.
    void with_artifacts(const std::function<void(ArtifactService&)>& action);
    void with_cache(const std::function<void(CacheService&)>& action);

    /// Changes one byte of an artifact's stored content.
    void flip_byte(std::uint64_t artifact_id, std::uint64_t offset);

    [[nodiscard]] std::vector<Seen> requests() const;
    [[nodiscard]] std::size_t connections() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pr_image::fakes
