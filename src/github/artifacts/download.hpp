#pragma once

#include "github/artifacts/blob_download.hpp"
#include "github/artifacts/stored_artifact.hpp"
#include "http/client.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pr_image::github::artifacts {

struct DownloadOptions {
    BlobDownloadOptions transfer{};

    /// Sees every byte of the file, in order, before the file is in its place; an Error refuses it. May be
    /// empty.
    std::function<Result<void>(std::string_view bytes)> inspect;
};

/// A file that was downloaded.
struct Downloaded {
    std::uint64_t size = 0;  ///< of the file
    Digest digest;           ///< of what is stored, which is a zip of the file where `unzipped`
    bool unzipped = false;
};

/// Downloads the artifact's one file to `path`. What the store calls a zip is unpacked (see
/// unzip_single_file), after its digest was found right. At an Error nothing is at `path` that was not there
/// before, and nothing beside it. Errors: of download_blob and unzip_single_file; no room on the disk;
/// `inspect`'s own.
boost::asio::awaitable<Result<Downloaded>> download(http::Client client, StoredArtifact artifact,
                                                    std::string path, DownloadOptions options);

}  // namespace pr_image::github::artifacts
