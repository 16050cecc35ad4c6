#include "text/artifact_name.hpp"

#include "text/utf8.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::text {

Result<ArtifactName> ArtifactName::parse(std::string_view text) {
    constexpr std::string_view forbidden = R"(":<>|*?\/)";
    constexpr std::size_t longest = 255;
    const std::string what = fmt::format("Invalid artifact name '{}'", printable(text));
    const std::string fix = "Use letters, digits, '-', '_' and '.'.";
    if (text.empty()) return fail("Invalid artifact name", "it is empty", fix);
    if (text.size() > longest) {
        return fail(what, fmt::format("it has {} bytes, {} are the most", text.size(), longest),
                    "Shorten it.");
    }
    if (const std::size_t at = text.find_first_of(forbidden); at != std::string_view::npos) {
        return fail(what, fmt::format("it contains '{}', which some file systems cannot hold", text[at]),
                    fix);
    }
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint next = decode_utf8(text.substr(at));
        if (!next.valid) return fail(what, "it is not valid UTF-8", fix);
        if (next.value < 0x20 || next.value == 0x7F)
            return fail(what, "it contains a control character", fix);
        at += next.length;
    }
    if (text == "." || text == "..") return fail(what, "it is the name of a folder", fix);
    return ArtifactName(std::string(text));
}

}  // namespace pr_image::text
