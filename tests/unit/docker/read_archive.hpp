#pragma once

#include "docker/image_archive.hpp"
#include "fakes/run_coroutine.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"
#include "unit/folder.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::test {

inline const std::string kImageName = "ghcr.io/acme/app:pr-7-abc1234";

/// Takes an archive, in pieces of that size; gives the image in it.
inline Result<docker::VerifiedImage> read_archive(const Folder& folder, std::string_view archive,
                                                  std::size_t piece = 65'536,
                                                  const std::vector<std::string>& allowed = {kImageName}) {
    std::vector<Reference> names;
    for (const std::string& name : allowed)
        names.push_back(Reference::parse(name).value());
    Result<docker::ImageArchiveReader> reader = docker::ImageArchiveReader::create(names, folder.path());
    if (!reader) return std::unexpected(reader.error());
    for (std::size_t at = 0; at < archive.size(); at += piece) {
        if (Result<void> taken = reader->update(archive.substr(at, piece)); !taken)
            return std::unexpected(taken.error());
    }
    return std::move(*reader).finish();
}

/// Why an archive is refused; empty: it is not.
inline std::string why_refused(std::string_view archive,
                               const std::vector<std::string>& allowed = {kImageName}) {
    const Folder folder;
    const Result<docker::VerifiedImage> image = read_archive(folder, archive, 65'536, allowed);
    return image ? std::string() : image.error().why;
}

/// All bytes of a source, read into a buffer of that size.
inline std::string read_all(const http::Source& source, std::size_t buffer_size = 4096) {
    boost::asio::io_context context;
    std::string bytes;
    std::string buffer(buffer_size, '\0');
    while (true) {
        const auto got = fakes::run_coroutine(context, source.read(std::span(buffer))).value();
        if (got == 0) return bytes;
        bytes.append(buffer, 0, got);
    }
}

}  // namespace pr_image::test
