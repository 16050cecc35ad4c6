#pragma once

#include <boost/crc.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <zlib.h>

namespace pr_image::test {

/// What a zip entry says of itself; a test may make it lie.
struct ZipEntry {
    std::string name = "image.tar";
    std::string content{};
    bool deflate = true;
    std::uint16_t flags = 0;
    std::uint16_t method = 0xFFFF;  ///< 0xFFFF: as `deflate` says
    std::uint32_t external_attributes = 0100644U << 16U;
    std::int64_t claimed_size = -1;  ///< negative: the content's own
    bool wrong_checksum = false;
};

/// Writes zip archives (APPNOTE.TXT), and whatever a test wants to be wrong about them.
class ZipWriter {
  public:
    ZipWriter& add(const ZipEntry& entry) {
        const std::string data = entry.deflate ? deflated(entry.content) : entry.content;
        boost::crc_32_type crc;
        crc.process_bytes(entry.content.data(), entry.content.size());
        const auto size = static_cast<std::uint32_t>(
            entry.claimed_size < 0 ? entry.content.size() : static_cast<std::size_t>(entry.claimed_size));
        std::string common;
        put16(common, 20);  // version needed
        put16(common, entry.flags);
        put16(common, entry.method != 0xFFFF ? entry.method : entry.deflate ? 8 : 0);
        put16(common, 0);
        put16(common, 0x21);
        put32(common, entry.wrong_checksum ? crc.checksum() ^ 1U : crc.checksum());
        put32(common, static_cast<std::uint32_t>(data.size()));
        put32(common, size);
        put16(common, static_cast<std::uint16_t>(entry.name.size()));
        put16(common, 0);

        std::string central = "PK\x01\x02";
        put16(central, (3U << 8U) | 20U);  // made by Unix
        central += common;
        put16(central, 0);
        put16(central, 0);
        put16(central, 0);
        put32(central, entry.external_attributes);
        put32(central, static_cast<std::uint32_t>(bytes_.size()));
        central_ += central + entry.name;
        ++count_;
        bytes_ += "PK\x03\x04" + common + entry.name + data;
        return *this;
    }

    [[nodiscard]] std::string finish() const {
        std::string end = "PK\x05\x06";
        put32(end, 0);
        put16(end, count_);
        put16(end, count_);
        put32(end, static_cast<std::uint32_t>(central_.size()));
        put32(end, static_cast<std::uint32_t>(bytes_.size()));
        put16(end, 0);
        return bytes_ + central_ + end;
    }

  private:
    static void put16(std::string& to, unsigned int value) {
        to += static_cast<char>(value & 0xFFU);
        to += static_cast<char>((value >> 8U) & 0xFFU);
    }
    static void put32(std::string& to, std::uint32_t value) {
        put16(to, value & 0xFFFFU);
        put16(to, value >> 16U);
    }

    static std::string deflated(const std::string& content) {
        z_stream stream{};
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        std::string result(deflateBound(&stream, content.size()), '\0');
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
        stream.avail_in = static_cast<uInt>(content.size());
        stream.next_out = reinterpret_cast<Bytef*>(result.data());
        stream.avail_out = static_cast<uInt>(result.size());
        ::deflate(&stream, Z_FINISH);
        result.resize(stream.total_out);
        deflateEnd(&stream);
        return result;
    }

    std::string bytes_;
    std::string central_;
    unsigned int count_ = 0;
};

}  // namespace pr_image::test
