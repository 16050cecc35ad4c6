#pragma once

#include <string>
#include <string_view>

namespace pr_image::text {

/// Gives a compiled time zone (RFC 8536, version 2) without a table: `rule`, a POSIX TZ text, holds always.
inline std::string tzif(std::string_view rule) {
    const auto header = [] {
        std::string bytes = "TZif2" + std::string(15, '\0');
        // No transitions, one local time type, four characters of abbreviations.
        for (const char count : {'\0', '\0', '\0', '\0', '\1', '\4'})
            bytes += std::string(3, '\0') + count;
        return bytes + std::string(6, '\0') + std::string("LMT\0", 4);
    };
    return header() + header() + "\n" + std::string(rule) + "\n";
}

}  // namespace pr_image::text
