#pragma once

#include "text/error.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::docker {

/// One file or folder of a tar archive.
struct TarEntry {
    std::string name;  ///< relative, in canonical form: no empty part, no `.` or `..`, no `/` at the end
    std::uint64_t size = 0;  ///< of the content, in bytes
    bool directory = false;
};

/// Who is told what passes by. An Error from any of them ends the reading.
struct TarVisitor {
    std::function<Result<void>(const TarEntry&)> begin;     ///< before the entry's content
    std::function<Result<void>(std::string_view)> content;  ///< its next bytes
    std::function<Result<void>()> end;                      ///< after its last byte
};

/// Reads a tar archive that comes in pieces, in constant memory. It takes only what every reader of tar
/// understands in one way, so that the engine, which reads it after us with other code, cannot see other
/// entries than we did: POSIX ustar and GNU headers, pax records that set path, size, times and owners, files
/// and folders with canonical names of at most 255 characters of `[A-Za-z0-9._-]`, and a proper end. Where
/// other readers stop, at the first end of an archive (two blocks of zeros), it stops too: nothing but the
/// padding of the last record may follow, at most 19 blocks of zeros.
/// Rules: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header".
class TarReader {
  public:
    explicit TarReader(TarVisitor visitor) : visitor_(std::move(visitor)) {}

    /// Takes the next bytes, of any number. Errors: anything else than the above, the visitor's own. After an
    /// Error the reader is of no more use.
    Result<void> update(std::string_view bytes);

    /// Says that no more bytes follow. Errors: the archive is not at its end.
    Result<void> finish() const;

  private:
    static constexpr std::size_t kBlock = 512;
    using Block = std::array<char, kBlock>;

    enum class State { header, content, padding, trailer };

    struct PaxRecords {
        std::string text;
        bool expected = false;  ///< the next header is the one they speak of
        std::optional<std::string> path;
        std::optional<std::uint64_t> size;
    };

    Result<void> take_header();
    Result<void> begin_entry(char type, std::string name, std::uint64_t size);
    Result<void> take_content(std::string_view piece);
    Result<void> end_content();
    Result<void> parse_pax();

    TarVisitor visitor_;
    State state_ = State::header;
    Block block_{};
    std::size_t filled_ = 0;   ///< bytes of block_ that are there
    std::uint64_t left_ = 0;   ///< bytes of the content that are still to come
    std::size_t padding_ = 0;  ///< bytes after it up to the next block
    std::uint64_t zero_blocks_ = 0;
    std::uint64_t entries_ = 0;
    bool in_pax_ = false;
    PaxRecords pax_;
};

}  // namespace pr_image::docker
