#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pr_image::support {

/// What a reader of tar archives sees that stops at the first end of an archive, as the engine does, and
/// that shares no code with the one under test.
struct SimpleTar {
    std::map<std::string, std::string> files;
    std::string names;    ///< in their order, each with a line break
    std::size_t end = 0;  ///< where it stopped: after two blocks of zeros

    /// Throws std::runtime_error where it cannot go on.
    explicit SimpleTar(std::string_view archive) {
        constexpr std::size_t kBlock = 512;
        std::uint64_t pax_size = 0;
        for (std::size_t at = 0;;) {
            if (at + kBlock > archive.size()) throw std::runtime_error("a tar archive without an end");
            const std::string_view header = archive.substr(at, kBlock);
            at += kBlock;
            if (header.find_first_not_of('\0') == std::string_view::npos) {
                end = at + kBlock;
                return;
            }
            std::uint64_t size = std::stoull(std::string(header.substr(124, 11)), nullptr, 8);
            if (pax_size > 0) size = pax_size;
            if (at + size > archive.size()) throw std::runtime_error("a tar archive that is cut");
            const std::string_view content = archive.substr(at, size);
            pax_size = 0;
            if (header[156] == 'x') {
                const std::size_t value = content.find(" size=");
                if (value != std::string_view::npos)
                    pax_size = std::stoull(std::string(content.substr(value + 6)));
            } else {
                const std::string name(header.substr(0, header.find('\0')));
                if (header[156] != '0') throw std::runtime_error("no file: " + name);
                if (!files.emplace(name, content).second) throw std::runtime_error("twice: " + name);
                names += name + "\n";
            }
            at += (size + kBlock - 1) / kBlock * kBlock;
        }
    }
};

}  // namespace pr_image::support
