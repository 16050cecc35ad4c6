#pragma once

#include "github/artifacts/block_upload.hpp"
#include "github/artifacts/results_service.hpp"
#include "text/artifact_name.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pr_image::github::artifacts {

struct UploadOptions {
    std::optional<std::chrono::sys_seconds> expires_at;  ///< absent: as the repository's settings say
    BlockUploadOptions transfer{.content_type = "application/x-tar"};
};

/// An artifact that is complete.
struct Uploaded {
    std::uint64_t id = 0;
    std::uint64_t size = 0;
    Digest digest;
    bool replaced = false;  ///< an earlier one of this same job had the name
};

/// Gives when an artifact that is made at `now` and kept for so many days is removed. `longest` is what the
/// repository allows (`GITHUB_RETENTION_DAYS`); 0 in either place means "no wish" and "not known".
std::optional<std::chrono::sys_seconds> expiry(std::chrono::sys_seconds now, unsigned int days,
                                               unsigned int longest);

/// Uploads one file as the artifact `name`, as it is, without a zip (version 7). Where the name is taken,
/// what this same job left under it is replaced; what another job made is never touched. After a failure
/// nothing half-made stays reserved. Errors: the name belongs to another job; the file; the service or the
/// store.
boost::asio::awaitable<Result<Uploaded>> upload(ResultsService service, ArtifactName name, std::string path,
                                                UploadOptions options);

}  // namespace pr_image::github::artifacts
