#pragma once

#include "http/client.hpp"
#include "http/retry.hpp"
#include "http/url.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace pr_image::github::artifacts {

/// How a file is sent. What is in the memory at once is `block_size` × `in_flight`.
struct BlockUploadOptions {
    std::string content_type = "application/octet-stream";
    std::size_t block_size = 4 * 1024 * 1024;  ///< raised where the file would need more than 50,000 blocks
    std::size_t in_flight = 6;
    http::RetryPolicy retry{.attempts = 6, .deadline = std::chrono::minutes(10)};
    std::function<void(std::uint64_t sent, std::uint64_t size)> progress;  ///< after each block; may be empty
};

/// What was sent.
struct Sent {
    std::uint64_t size = 0;
    Digest digest;
};

/// Sends the file to `url`, an Azure block blob that may be written without further credentials: blocks side
/// by side, each tried again alone, then the list that makes them one (Azure Storage REST, "Put Block" and
/// "Put Block List"). The file is read once; its digest is made on the way. Errors: the file cannot be read,
/// is empty or changes meanwhile; the store refuses, or fails for too long.
boost::asio::awaitable<Result<Sent>> upload_blocks(http::Client client, http::Url url, std::string path,
                                                   BlockUploadOptions options);

}  // namespace pr_image::github::artifacts
