#include "docker/image_tar.hpp"
#include "docker/tar_reader.hpp"
#include "fuzz/target.hpp"

#include <fmt/format.h>

#include <algorithm>
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

bool check_tar(std::string_view archive, std::size_t piece) {
    static const std::vector<Reference> allowed{Reference::parse("ghcr.io/acme/app:pr-7").value()};
    docker::ImageTarCheck check(allowed);
    for (std::size_t at = 0; at < archive.size(); at += piece) {
        if (!check.update(archive.substr(at, piece))) return false;
    }
    const auto images = check.finish();
    if (!images) return false;
    require(!images->empty());
    for (const docker::TarImage& image : *images) {
        for (const Reference& tag : image.tags)
            require(tag == allowed.front());
    }
    return true;
}

// However an archive is cut into pieces, it is read in the same way, and no name leads out of its folder.
void try_image_archives(std::string_view input) {
    const bool patched = take_byte(input) % 2 == 1;
    const std::size_t piece = 1 + take_byte(input) * 7;
    const std::string archive = patched ? with_checksums(std::string(input)) : std::string(input);
    const Reading whole = read_tar(archive, std::max<std::size_t>(archive.size(), 1));
    const Reading cut = read_tar(archive, piece);
    require(whole.ok == cut.ok && (!whole.ok || whole.seen == cut.seen));
    require(check_tar(archive, std::max<std::size_t>(archive.size(), 1)) == check_tar(archive, piece));
}

const Registered image_archives("image_archives", try_image_archives);

}  // namespace
}  // namespace pr_image::fuzz
