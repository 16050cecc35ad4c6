#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace pr_image::support {

/// Writes tar archives, and whatever a test wants to be wrong about them.
class TarWriter {
  public:
    TarWriter& file(std::string_view name, std::string_view content) { return entry('0', name, content); }
    TarWriter& folder(std::string_view name) { return entry('5', name, {}); }

    /// An entry of any type; `patch` may spoil the header before its checksum is made.
    template <typename Patch>
    TarWriter& entry(char type, std::string_view name, std::string_view content, Patch patch) {
        std::string header(512, '\0');
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, fmt::format("{:011o}", content.size()));
        put(header, 136, "00000000000");
        header[156] = type;
        put(header, 257, std::string_view("ustar\00000", 8));
        patch(header);
        put(header, 148, "        ");
        unsigned int sum = 0;
        for (const char c : header)
            sum += static_cast<unsigned char>(c);
        put(header, 148, fmt::format("{:06o}", sum));
        header[154] = '\0';
        bytes_ += header;
        bytes_ += content;
        bytes_.append((512 - content.size() % 512) % 512, '\0');
        return *this;
    }
    TarWriter& entry(char type, std::string_view name, std::string_view content) {
        return entry(type, name, content, [](std::string&) {});
    }

    /// A pax extended header for the next entry.
    TarWriter& pax(std::string_view key, std::string_view value) {
        const std::string body = fmt::format(" {}={}\n", key, value);
        std::size_t size = body.size() + 1;
        while (fmt::format("{}{}", size, body).size() != size)
            ++size;
        return entry('x', "PaxHeaders/x", fmt::format("{}{}", size, body));
    }

    [[nodiscard]] std::string unfinished() const { return bytes_; }
    [[nodiscard]] std::string finish() const { return bytes_ + std::string(1024, '\0'); }

    static void put(std::string& header, std::size_t offset, std::string_view value) {
        std::ranges::copy(value, header.begin() + static_cast<std::ptrdiff_t>(offset));
    }

  private:
    std::string bytes_;
};

}  // namespace pr_image::support
