#include "docker/image_tar.hpp"

#include "docker/oci_layout.hpp"
#include "process/descriptor.hpp"
#include "text/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <unistd.h>
#include <utility>
#include <vector>

namespace pr_image::docker {

namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kBlock = 512;
constexpr std::uint64_t kMaxOctal = (std::uint64_t{1} << 33U) - 1;  // 11 digits

std::string ustar(char type, std::string_view name, std::uint64_t size) {
    std::string header(kBlock, '\0');
    const auto put = [&header](std::size_t offset, std::string_view value) {
        std::ranges::copy(value, header.begin() + static_cast<std::ptrdiff_t>(offset));
    };
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", size));
    put(136, "00000000000");
    put(148, "        ");
    header[156] = type;
    put(257, std::string_view("ustar\00000", 8));
    unsigned int sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum));
    header[154] = '\0';
    return header;
}

std::string padding_of(std::uint64_t size) {
    return std::string((kBlock - size % kBlock) % kBlock, '\0');
}

/// What follows next in the archive: these bytes, then that blob's.
struct Part {
    std::string bytes;
    std::optional<Blob> blob{};
};

std::string small_file(std::string_view name, std::string_view content) {
    return fmt::format("{}{}{}", tar_header(name, content.size()), content, padding_of(content.size()));
}

std::vector<Part> parts_of(const ImageContent& image) {
    std::vector<Part> parts;
    std::string before;
    for (const Blob& blob : image.blobs) {
        before += tar_header(blob_name(blob.digest), blob.size);
        parts.push_back({.bytes = std::exchange(before, padding_of(blob.size)), .blob = blob});
    }
    before += small_file("manifest.json", manifest_json(image));
    before += small_file("index.json", index_json(image));
    before += small_file("oci-layout", kOciLayout);
    before.append(2 * kBlock, '\0');
    parts.push_back({.bytes = std::move(before)});
    return parts;
}

/// Reads the parts one after the other.
class PartReader {
  public:
    PartReader(std::vector<Part> parts, const BlobDirectory& blobs)
        : parts_(std::move(parts)), blobs_(blobs) {}

    [[nodiscard]] std::uint64_t size() const {
        std::uint64_t sum = 0;
        for (const Part& part : parts_)
            sum += part.bytes.size() + (part.blob ? part.blob->size : 0);
        return sum;
    }

    Result<std::size_t> read(std::span<char> buffer) {
        while (next_ < parts_.size() && !buffer.empty()) {
            const Part& part = parts_[next_];
            if (at_ < part.bytes.size()) {
                const std::size_t size = std::min<std::uint64_t>(buffer.size(), part.bytes.size() - at_);
                std::ranges::copy(std::string_view(part.bytes).substr(at_, size), buffer.begin());
                at_ += size;
                return size;
            }
            const std::uint64_t end = part.bytes.size() + (part.blob ? part.blob->size : 0);
            if (at_ < end) return read_blob(*part.blob, buffer.first(std::min(buffer.size(), end - at_)));
            ++next_;
            at_ = 0;
            file_ = process::Descriptor();
        }
        return std::size_t{0};
    }

    void rewind() {
        next_ = 0;
        at_ = 0;
        file_ = process::Descriptor();
    }

  private:
    Result<std::size_t> read_blob(const Blob& blob, std::span<char> buffer) {
        const std::string path = blobs_.path_of(blob.digest);
        if (file_.get() < 0)
            file_ = process::Descriptor(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        const ssize_t got = file_.get() < 0 ? -1 : ::read(file_.get(), buffer.data(), buffer.size());
        if (got < 0)
            return text::fail("Image not readable", fmt::format("{}: {}", path, std::strerror(errno)));
        if (got == 0) return text::fail("Image not readable", fmt::format("{} became shorter", path));
        at_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    }

    std::vector<Part> parts_;
    const BlobDirectory& blobs_;
    std::size_t next_ = 0;
    std::uint64_t at_ = 0;  // in the next part
    process::Descriptor file_;
};

}  // namespace

std::string tar_header(std::string_view name, std::uint64_t size) {
    if (size <= kMaxOctal) return ustar('0', name, size);
    // "LENGTH size=VALUE\n", LENGTH counting the whole record.
    const std::string rest = fmt::format(" size={}\n", size);
    std::size_t length = rest.size() + 1;
    while (fmt::format("{}{}", length, rest).size() != length)
        ++length;
    const std::string record = fmt::format("{}{}", length, rest);
    return fmt::format("{}{}{}{}", ustar('x', "PaxHeaders/size", record.size()), record,
                       padding_of(record.size()), ustar('0', name, 0));
}

http::Source image_tar(const ImageContent& image, const BlobDirectory& blobs) {
    const auto reader = std::make_shared<PartReader>(parts_of(image), blobs);
    return {.size = reader->size(),
            .read = [reader](std::span<char> buffer) -> asio::awaitable<Result<std::size_t>> {
                co_return reader->read(buffer);
            },
            .rewind = [reader]() -> Result<void> {
                reader->rewind();
                return {};
            }};
}

}  // namespace pr_image::docker
