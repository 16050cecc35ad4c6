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
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::github::artifacts {

/// Gives an address that the bytes can be read from now; asked again when the last one has expired.
using Locate = std::function<boost::asio::awaitable<Result<http::Url>>()>;

/// What the store says it holds.
struct Content {
    std::uint64_t size = 0;
    std::string type;  ///< Content-Type, in lower case, without parameters
    bool zip = false;  ///< by its type or by its address (actions/toolkit, packages/artifact)
};

/// Where bytes go, in their order. An Error from either ends the download.
struct ContentSink {
    std::function<Result<void>(const Content& content)> begin;  ///< before the first piece

    /// Takes the next piece, which is valid until the coroutine ends. The last one comes only after the
    /// digest of them all was found right: whoever needs all the bytes to do something cannot do it with
    /// wrong ones.
    std::function<boost::asio::awaitable<Result<void>>(std::string_view piece)> write;
};

/// How bytes are fetched. What is in the memory at once is `part_size` × (`in_flight` + 1).
struct BlobDownloadOptions {
    std::size_t part_size = 4 * 1024 * 1024;
    std::size_t in_flight = 6;
    http::RetryPolicy retry{.attempts = 6, .deadline = std::chrono::minutes(10)};  ///< for each part
    std::function<void(std::uint64_t received, std::uint64_t size)> progress;      ///< may be empty
};

/// What was fetched.
struct Received {
    Content content;
    Digest digest;
};

/// Fetches what is behind `locate` into `sink`: ranges side by side, delivered in order, each going on from
/// where it was cut (RFC 9110 section 14), with a new address where the old one has expired. A store that
/// does not know ranges is read in one go. `expected` is checked where it is given. Errors: the store
/// refuses, fails for too long, or changes the content meanwhile; another digest than expected; the sink's
/// own.
boost::asio::awaitable<Result<Received>> download_blob(http::Client client, Locate locate,
                                                       std::optional<Digest> expected, ContentSink sink,
                                                       BlobDownloadOptions options);

}  // namespace pr_image::github::artifacts
