#include "docker/tar_reader.hpp"

#include "docker/archive_error.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pr_image::docker {

namespace {

using text::printable;

constexpr std::size_t kMaxEntryName = 255;
constexpr std::uint64_t kMaxPax = 64 * 1024;
constexpr std::uint64_t kMaxEntries = 8192;
// Two blocks end an archive. Writers then fill up the record that they are in, of 20 blocks as a rule
// (POSIX.1-2017, pax, "-b"): it may begin between the two.
constexpr std::uint64_t kMaxTrailer = 2 + 19;
// More than any disk holds, and far from where sums overflow.
constexpr std::uint64_t kMaxFile = std::uint64_t{1} << 50U;

std::string_view field(std::string_view block, std::size_t offset, std::size_t size) {
    return block.substr(offset, size);
}

// A text field ends at its first NUL, and nothing but NULs may follow: some readers look on.
std::optional<std::string_view> text_field(std::string_view raw) {
    const std::size_t end = std::min(raw.find('\0'), raw.size());
    if (raw.find_first_not_of('\0', end) != std::string_view::npos) return std::nullopt;
    return raw.substr(0, end);
}

// Octal digits, then NULs or spaces to the end of the field.
// Sums of two such numbers still fit.
constexpr std::uint64_t kMaxNumber = 999'999'999'999'999'999;

std::optional<std::uint64_t> octal_field(std::string_view raw) {
    const std::size_t end = std::min(raw.find_first_not_of("01234567"), raw.size());
    if (end == 0) return std::nullopt;
    for (const char c : raw.substr(end))
        if (c != '\0' && c != ' ') return std::nullopt;
    return text::parse_number<std::uint64_t>(raw.substr(0, end), 0, kMaxNumber, 8);
}

std::optional<std::uint64_t> decimal(std::string_view digits) {
    return text::parse_number<std::uint64_t>(digits, 0, kMaxNumber);
}

std::uint64_t checksum(std::string_view block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i)
        sum += i >= 148 && i < 156 ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
    return sum;
}

bool all_zero(std::string_view bytes) {
    return bytes.find_first_not_of('\0') == std::string_view::npos;
}

bool is_canonical(std::string_view name) {
    if (name.empty() || name.size() > kMaxEntryName) return false;
    return std::ranges::all_of(text::split(name, '/'), [](std::string_view part) {
        return !part.empty() && part != "." && part != ".." &&
               std::ranges::all_of(part, [](char c) { return text::is_word(c) || c == '.' || c == '-'; });
    });
}

std::string_view compression_of(std::string_view start) {
    if (start.starts_with("\x1f\x8b")) return "gzip";
    if (start.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
    if (start.starts_with("\xfd"
                          "7zXZ"))
        return "xz";
    if (start.starts_with("BZh")) return "bzip2";
    if (start.starts_with("PK\x03\x04")) return "zip";
    return {};
}

}  // namespace

Result<void> TarReader::update(std::string_view bytes) {
    while (!bytes.empty()) {
        switch (state_) {
            case State::header:
            case State::trailer: {
                const std::size_t size = std::min(bytes.size(), kBlock - filled_);
                std::ranges::copy(bytes.substr(0, size),
                                  block_.begin() + static_cast<std::ptrdiff_t>(filled_));
                filled_ += size;
                bytes.remove_prefix(size);
                if (filled_ < kBlock) return {};
                filled_ = 0;
                TRY(take_header());
                break;
            }
            case State::content: {
                const std::string_view piece = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
                bytes.remove_prefix(piece.size());
                left_ -= piece.size();
                TRY(take_content(piece));
                if (left_ > 0) break;
                TRY(end_content());
                state_ = padding_ > 0 ? State::padding : State::header;
                break;
            }
            case State::padding: {
                const std::size_t size = std::min(bytes.size(), padding_);
                bytes.remove_prefix(size);
                padding_ -= size;
                if (padding_ == 0) state_ = State::header;
                break;
            }
        }
    }
    return {};
}

Result<void> TarReader::finish() const {
    // POSIX: two blocks of zeros. Without them nobody can tell a whole archive from the first part of one.
    if (state_ == State::trailer && filled_ == 0 && zero_blocks_ >= 2) return {};
    if (entries_ == 0 && filled_ == 0 && zero_blocks_ == 0) return refuse_archive("it is empty");
    if (entries_ == 0 && zero_blocks_ == 0)
        return refuse_archive("it is no tar archive: it is shorter than one block");
    return refuse_archive("it ends too early: a part of the archive is missing");
}

Result<void> TarReader::take_header() {
    const std::string_view block(block_.data(), block_.size());
    if (all_zero(block)) {
        if (pax_.expected) return refuse_archive("it ends after an extended header");
        state_ = State::trailer;
        if (++zero_blocks_ > kMaxTrailer)
            return refuse_archive("more follows the archive's end than the padding of a tar archive");
        return {};
    }
    if (state_ == State::trailer) return refuse_archive("something follows the archive's end");

    const std::optional<std::uint64_t> sum = octal_field(field(block, 148, 8));
    const std::string_view magic = field(block, 257, 8);
    const bool known =
        magic == std::string_view("ustar\00000", 8) || magic == std::string_view("ustar  \0", 8);
    if (!sum || *sum != checksum(block) || !known) {
        const std::string_view compression = entries_ == 0 ? compression_of(block) : std::string_view();
        if (!compression.empty()) {
            return refuse_archive(fmt::format("it is compressed with {}", compression),
                                  "Store the image as a plain tar: its layers are compressed already.");
        }
        return refuse_archive(entries_ == 0 ? "it is no tar archive"
                                            : "the header of one of its entries is damaged");
    }

    // The prefix and what other formats keep in its place: no image needs names that long.
    if (!all_zero(field(block, 345, 167)))
        return refuse_archive("an entry's header uses fields that only some tools read");
    const std::optional<std::uint64_t> size = octal_field(field(block, 124, 12));
    const std::optional<std::string_view> name = text_field(field(block, 0, 100));
    if (!size || *size > kMaxFile) return refuse_archive("an entry's size is not readable");
    if (!name) return refuse_archive("an entry's name is not readable");
    return begin_entry(block[156], std::string(*name), *size);
}

Result<void> TarReader::begin_entry(char type, std::string name, std::uint64_t size) {
    if (++entries_ > kMaxEntries)
        return refuse_archive(fmt::format("it has more than {} entries", kMaxEntries));
    if (type == 'x') {
        if (pax_.expected || size == 0 || size > kMaxPax) {
            return refuse_archive("an extended header is out of place or too large");
        }
        pax_ = PaxRecords{};
        in_pax_ = true;
        left_ = size;
    } else {
        if (pax_.expected) {
            if (pax_.path) name = *std::move(pax_.path);
            if (pax_.size) size = *pax_.size;
            pax_ = PaxRecords{};
        }
        const bool directory = type == '5';
        if (!directory && type != '0' && type != '\0') {
            return refuse_archive(fmt::format(
                "its entry '{}' is a link, a device or another special file, which no image archive needs",
                printable(name)));
        }
        if (directory && name.ends_with('/')) name.pop_back();
        if (!is_canonical(name)) {
            return refuse_archive(
                fmt::format("its entry '{}' has a name that could lead out of its folder", printable(name)));
        }
        if (directory && size != 0) return refuse_archive(fmt::format("its folder '{}' has content", name));
        const TarEntry entry{.name = std::move(name), .size = size, .directory = directory};
        TRY(visitor_.begin(entry));
        left_ = size;
        if (size == 0) return visitor_.end();
    }
    padding_ = static_cast<std::size_t>((kBlock - left_ % kBlock) % kBlock);
    state_ = State::content;
    return {};
}

Result<void> TarReader::take_content(std::string_view piece) {
    if (!in_pax_) return visitor_.content(piece);
    pax_.text += piece;
    return {};
}

Result<void> TarReader::end_content() {
    if (!in_pax_) return visitor_.end();
    in_pax_ = false;
    return parse_pax();
}

// "LENGTH KEY=VALUE\n", LENGTH in decimal and counting the whole record.
Result<void> TarReader::parse_pax() {
    const std::string records = std::exchange(pax_.text, {});
    std::string_view rest = records;
    while (!rest.empty()) {
        const std::size_t space = rest.find(' ');
        const std::optional<std::uint64_t> length =
            space == std::string_view::npos ? std::nullopt : decimal(rest.substr(0, space));
        if (!length || *length > rest.size() || *length < space + 4 || rest[*length - 1] != '\n') {
            return refuse_archive("an extended header is damaged");
        }
        const std::string_view record = rest.substr(space + 1, *length - space - 2);
        rest.remove_prefix(*length);
        const std::size_t equals = record.find('=');
        if (equals == std::string_view::npos) return refuse_archive("an extended header is damaged");
        const std::string_view key = record.substr(0, equals);
        const std::string_view value = record.substr(equals + 1);
        if (key == "path" && !pax_.path) {
            pax_.path = std::string(value);
        } else if (key == "size" && !pax_.size) {
            pax_.size = decimal(value);
            if (!pax_.size || *pax_.size > kMaxFile) return refuse_archive("an entry's size is not readable");
        } else if (key != "mtime" && key != "atime" && key != "ctime" && key != "uid" && key != "gid" &&
                   key != "uname" && key != "gname") {
            return refuse_archive(
                fmt::format("an extended header holds '{}', which no image archive needs", printable(key)));
        }
    }
    pax_.expected = true;
    return {};
}

}  // namespace pr_image::docker
