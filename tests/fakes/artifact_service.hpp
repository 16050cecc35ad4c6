#pragma once

#include "fakes/blob_store.hpp"
#include "fakes/http_server.hpp"
#include "fakes/run_token.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

/// An artifact as the service keeps it.
struct StoredArtifact {
    std::uint64_t id = 0;
    std::uint64_t run_id = 0;
    std::string attempt;
    std::string job;
    std::string name;
    std::string mime_type;
    std::string expires_at;
    std::string digest;  ///< empty until it is complete
    std::uint64_t size = 0;
    bool complete = false;
    bool expired = false;

    [[nodiscard]] std::string blob() const { return "artifact-" + std::to_string(id); }
};

/// The artifact half of the Results service and the two REST calls that lead to other runs' artifacts. Rules:
/// actions/toolkit, packages/artifact, generated/results/api/v1/artifact.ts; docs.github.com, REST, "GitHub
/// Actions artifacts". Every attempt of a run has its own names, and a lookup sees those of all of its run
/// (tried out against GitHub by go-gitea/gitea#38857). Not for several threads.
class ArtifactService {
  public:
    ArtifactService(BlobStore& blobs, std::string key) : blobs_(blobs), key_(std::move(key)) {}

    /// Answers `POST /twirp/…ArtifactService/METHOD` for whom the token speaks for.
    Reply call(std::string_view method, const boost::json::value& message, const RunToken& caller);

    /// Answers `GET /repos/OWNER/NAME/actions/…`; `rest_token` is what may read artifacts.
    Reply rest(const Seen& request, std::string_view repository, std::string_view rest_token);

    /// Puts a complete artifact there, as another job or another tool would have.
    std::uint64_t add(const RunToken& owner, std::string name, std::string content, std::string content_type);

    [[nodiscard]] const std::vector<StoredArtifact>& artifacts() const { return artifacts_; }
    std::vector<StoredArtifact>& artifacts() { return artifacts_; }

    std::chrono::milliseconds address_lifetime{600'000};  ///< of the addresses that are given from now on
    bool names_for_the_whole_run = false;                 ///< a name of an earlier attempt is taken too
    bool camel_case = false;                              ///< answer in protobuf's other JSON form

  private:
    Reply create(const boost::json::value& message, const RunToken& caller);
    Reply finalize(const boost::json::value& message, const RunToken& caller);
    Reply list(const boost::json::value& message, const RunToken& caller);
    Reply locate(const boost::json::value& message, const RunToken& caller);
    Reply remove(const boost::json::value& message, const RunToken& caller);

    StoredArtifact* find(const boost::json::value& message, const RunToken& caller);
    Reply answer(boost::json::value body) const;
    [[nodiscard]] std::string url(const StoredArtifact& artifact, bool write) const;

    BlobStore& blobs_;
    std::string key_;
    std::vector<StoredArtifact> artifacts_;
    std::uint64_t last_id_ = 1000;

  public:
    std::string origin;  ///< of the server that all this is on
};

}  // namespace pr_image::fakes
