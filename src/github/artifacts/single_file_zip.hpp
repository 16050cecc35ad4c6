#pragma once

#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pr_image::github::artifacts {

/// Where a file's bytes go, in their order; an Error from either ends it.
struct FileSink {
    std::function<Result<void>(std::uint64_t size)> begin;
    std::function<Result<void>(std::string_view piece)> write;
};

/// Reads a zip archive (APPNOTE.TXT 6.3.10, stored or deflated, Zip64 too) that holds exactly one file, and
/// gives that file's bytes to `sink`. The file's own name is only checked, never used. It returns to the
/// executor now and then, so that other coroutines go on. Errors: no zip; no file or several; a link, a name
/// that leads out of the folder, encryption, another compression; an archive that expands more than 200 times
/// (a bomb); sizes or checksums that are wrong; the sink's own.
boost::asio::awaitable<Result<void>> unzip_single_file(std::string zip_path, FileSink sink);

}  // namespace pr_image::github::artifacts
