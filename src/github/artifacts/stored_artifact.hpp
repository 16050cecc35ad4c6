#pragma once

#include "github/artifacts/blob_download.hpp"
#include "github/artifacts/results_service.hpp"
#include "github/artifacts/signed_url.hpp"
#include "http/client.hpp"
#include "text/artifact_name.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace pr_image::github::artifacts {

/// An artifact that can be downloaded.
struct StoredArtifact {
    std::uint64_t id = 0;
    std::string name;
    std::uint64_t size = 0;        ///< as it is stored, in bytes
    std::optional<Digest> digest;  ///< of what is stored; whoever knows better may set it
    Locate locate;
};

/// Finds the newest complete artifact of that name in this run; nothing when there is none.
boost::asio::awaitable<Result<std::optional<StoredArtifact>>> find_in_this_run(ResultsService service,
                                                                               ArtifactName name);

/// Where another run is, and with which token to ask. It needs the permission `actions: read`.
struct OtherRun {
    std::string api_url;     ///< `GITHUB_API_URL`
    std::string repository;  ///< `owner/name`
    std::uint64_t run_id = 0;
    std::string token;
    Mask mask;
};

/// Finds the newest artifact of that name that has not expired in another run, of this repository or another,
/// through the REST API ("List workflow run artifacts", "Download an artifact"); nothing when there is none.
/// Errors: an unusable address, repository or answer; the token may not read it.
boost::asio::awaitable<Result<std::optional<StoredArtifact>>> find_in_other_run(http::Client client,
                                                                                OtherRun run,
                                                                                ArtifactName name);

}  // namespace pr_image::github::artifacts
