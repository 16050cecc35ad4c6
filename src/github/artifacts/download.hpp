#pragma once

#include "github/artifacts/blob_download.hpp"
#include "github/artifacts/single_file_zip.hpp"
#include "github/artifacts/stored_artifact.hpp"
#include "http/client.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace pr_image::github::artifacts {

/// A file that was downloaded.
struct Downloaded {
    std::uint64_t size = 0;  ///< of the file
    Digest digest;           ///< of what is stored, which is a zip of the file where `unzipped`
    bool unzipped = false;
};

/// Downloads the artifact's one file into `sink`. What the store calls a zip is kept in `folder`, a folder of
/// the caller's own, until it is unpacked (see unzip_single_file), after its digest was found right; it is
/// gone then, and at an Error. Of a raw file the sink has not the last bytes before its digest was found
/// right. Errors: of download_blob and unzip_single_file; no room on the disk; the sink's own.
boost::asio::awaitable<Result<Downloaded>> download(http::Client client, StoredArtifact artifact,
                                                    FileSink sink, std::string folder,
                                                    BlobDownloadOptions options);

}  // namespace pr_image::github::artifacts
