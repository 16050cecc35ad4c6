#include "docker/oci_layout.hpp"

#include "docker/tar_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace pr_image::docker {

using text::fail;

namespace {

std::unexpected<Error> cannot_unpack(const std::string& path, std::string_view why) {
    return fail("Image archive not unpacked", fmt::format("{}: {}", text::printable(path), why),
                "Make room in the runner's temporary folder.");
}

/// Writes a tar's entries below a folder. TarReader lets no name through that could lead out of it.
class LayoutWriter {
  public:
    explicit LayoutWriter(std::string folder) : folder_(std::move(folder)) {}

    Result<void> begin(const TarEntry& entry) {
        path_ = folder_ + "/" + entry.name;
        std::error_code error;
        const std::filesystem::path whole(path_);
        std::filesystem::create_directories(entry.directory ? whole : whole.parent_path(), error);
        if (error) return cannot_unpack(path_, error.message());
        if (entry.directory) return {};
        file_.open(path_, std::ios::binary | std::ios::trunc);
        if (!file_) return cannot_unpack(path_, std::strerror(errno));
        return {};
    }

    Result<void> write(std::string_view bytes) {
        file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (!file_) return cannot_unpack(path_, std::strerror(errno));
        return {};
    }

    Result<void> end() {
        if (!file_.is_open()) return {};
        file_.close();
        if (!file_) return cannot_unpack(path_, std::strerror(errno));
        return {};
    }

  private:
    std::string folder_;
    std::string path_;
    std::ofstream file_;
};

}  // namespace

Result<void> unpack_oci_layout(const std::string& tar, const std::string& folder) {
    std::ifstream file(tar, std::ios::binary);
    if (!file) return cannot_unpack(tar, std::strerror(errno));
    LayoutWriter writer(folder);
    TarReader reader({.begin = [&](const TarEntry& entry) { return writer.begin(entry); },
                      .content = [&](std::string_view bytes) { return writer.write(bytes); },
                      .end = [&] { return writer.end(); }});
    std::array<char, std::size_t{256} * 1024> buffer{};
    while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
        const auto size = static_cast<std::size_t>(file.gcount());
        if (Result<void> read = reader.update({buffer.data(), size}); !read) return read;
    }
    if (Result<void> ended = reader.finish(); !ended) return ended;
    if (!std::filesystem::exists(folder + "/index.json") ||
        !std::filesystem::exists(folder + "/oci-layout")) {
        return fail("Image archive not unpacked", "it holds no OCI layout",
                    "Build the base with this action, or with Docker 25 or later.");
    }
    return {};
}

}  // namespace pr_image::docker
