#include "docker/image_archive.hpp"
#include "docker/tar_reader.hpp"
#include "fuzz/target.hpp"
#include "support/simple_tar.hpp"
#include "text/sha256.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::fuzz {
namespace {

constexpr std::size_t kBlock = 512;

/// Sets the checksums of what would be headers, so that more than the checksum is tried.
std::string with_checksums(std::string archive) {
    std::size_t at = 0;
    while (at + kBlock <= archive.size()) {
        const std::string_view block = std::string_view(archive).substr(at, kBlock);
        if (block.find_first_not_of('\0') == std::string_view::npos) {
            at += kBlock;
            continue;
        }
        std::uint64_t size = 0;
        for (const char c : block.substr(124, 11))
            size = c >= '0' && c <= '7' ? size * 8 + static_cast<std::uint64_t>(c - '0') : size;
        archive.replace(at + 257, 8, std::string_view("ustar\00000", 8));
        archive.replace(at + 148, 8, 8, ' ');
        unsigned sum = 0;
        for (std::size_t i = 0; i < kBlock; ++i)
            sum += static_cast<unsigned char>(archive[at + i]);
        archive.replace(at + 148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
        if (size > archive.size()) break;
        at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
    }
    return archive;
}

struct Reading {
    bool ok = false;
    std::string seen;

    bool operator==(const Reading&) const = default;
};

Reading read_tar(std::string_view archive, std::size_t piece) {
    Reading reading;
    docker::TarReader reader({.begin = [&](const docker::TarEntry& entry) -> Result<void> {
                                  require(!entry.name.empty() && !entry.name.starts_with('/') &&
                                          !("/" + entry.name + "/").contains("/../"));
                                  reading.seen +=
                                      fmt::format("{} {} {}\n", entry.name, entry.size, entry.directory);
                                  return {};
                              },
                              .content = [&](std::string_view bytes) -> Result<void> {
                                  reading.seen += bytes;
                                  return {};
                              },
                              .end = [&]() -> Result<void> {
                                  reading.seen += "\nend\n";
                                  return {};
                              }});
    for (std::size_t at = 0; at < archive.size(); at += piece) {
        if (!reader.update(archive.substr(at, piece))) return reading;
    }
    reading.ok = reader.finish().has_value();
    return reading;
}

/// What comes of an archive: nothing, or an image, as it is sent to the engine.
std::optional<std::string> send_on(std::string_view archive, std::size_t piece,
                                   const std::vector<Reference>& allowed, docker::ImageContent* content) {
    docker::ImageArchiveReader reader = docker::ImageArchiveReader::create(allowed, "/dev/shm").value();
    for (std::size_t at = 0; at < archive.size(); at += piece) {
        if (!reader.update(archive.substr(at, piece))) return std::nullopt;
    }
    const Result<docker::VerifiedImage> image = std::move(reader).finish();
    if (!image) return std::nullopt;
    *content = image->content();
    const http::Source source = image->tar();
    boost::asio::io_context context;
    std::string sent;
    std::string buffer(65'536, '\0');
    while (true) {
        std::size_t got = 0;
        boost::asio::co_spawn(
            context, [&]() -> boost::asio::awaitable<void> { got = (co_await source.read(buffer)).value(); },
            boost::asio::detached);
        context.restart();
        context.run();
        if (got == 0) break;
        sent.append(buffer, 0, got);
    }
    require(sent.size() == source.size);
    return sent;
}

/// Whatever was in the archive: a reader that stops at the first end, as the engine does, finds one image in
/// what is sent, every file of it with its digest, and no name.
void check_sent(const std::string& sent, const docker::ImageContent& content) {
    const support::SimpleTar seen(sent);
    require(seen.end == sent.size());
    for (const auto& [name, bytes] : seen.files) {
        if (name == "index.json" || name == "manifest.json") {
            require(!bytes.contains("io.containerd") && !bytes.contains("ref.name") &&
                    !bytes.contains(":pr-7"));
        } else if (name != "oci-layout") {
            require(name == "blobs/sha256/" + std::string(text::sha256(bytes).hex()));
        }
    }
    require(seen.files.size() == content.blobs.size() + 3);
    require(seen.files.at("manifest.json").contains("\"RepoTags\":null"));
    // It is an archive that says the same of itself.
    docker::ImageContent again = content;
    require(send_on(sent, 4096, {}, &again) == sent);
    require(again.target == content.target && again.labels == content.labels && again.names.empty());
}

bool check_archive(std::string_view archive, std::size_t piece) {
    static const std::vector<Reference> allowed{Reference::parse("ghcr.io/acme/app:pr-7").value()};
    static docker::ImageContent content{.target = {text::sha256(""), 0},
                                        .media_type = {},
                                        .config = {text::sha256(""), 0},
                                        .layers = {},
                                        .blobs = {},
                                        .os = {},
                                        .architecture = {},
                                        .variant = {},
                                        .labels = {},
                                        .names = {}};
    const std::optional<std::string> sent = send_on(archive, piece, allowed, &content);
    if (!sent) return false;
    for (const Reference& name : content.names)
        require(name == allowed.front());
    check_sent(*sent, content);
    return true;
}

/// However an archive is cut into pieces, it is read in the same way, and no name leads out of its folder.
void try_image_archives(std::string_view input) {
    const bool patched = take_byte(input) % 2 == 1;
    const std::size_t piece = 1 + take_byte(input) * 7;
    const std::string archive = patched ? with_checksums(std::string(input)) : std::string(input);
    const Reading whole = read_tar(archive, std::max<std::size_t>(archive.size(), 1));
    const Reading cut = read_tar(archive, piece);
    require(whole.ok == cut.ok && (!whole.ok || whole.seen == cut.seen));
    require(check_archive(archive, std::max<std::size_t>(archive.size(), 1)) ==
            check_archive(archive, piece));
}

const Registered image_archives("image_archives", try_image_archives);

}  // namespace
}  // namespace pr_image::fuzz
