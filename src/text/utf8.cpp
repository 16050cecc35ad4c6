#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace pr_image::text {
namespace {

/// First and last of each range; in order.
constexpr std::array<std::pair<char32_t, char32_t>, 18> kHidden{{
    {0x00AD, 0x00AD},    // soft hyphen
    {0x034F, 0x034F},    // combining grapheme joiner
    {0x061C, 0x061C},    // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer inherent vowels
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200B},    // zero-width space
    {0x200E, 0x200F},    // left-to-right and right-to-left marks
    {0x2028, 0x202E},    // separators; embeddings and overrides
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates, deprecated controls
    {0x3164, 0x3164},    // Hangul filler
    {0xFEFF, 0xFEFF},    // zero-width no-break space
    {0xFFA0, 0xFFA0},    // half-width Hangul filler
    {0xFFF0, 0xFFFB},    // unassigned ignorable characters; interlinear annotations
    {0x13430, 0x1345F},  // Egyptian hieroglyph format controls
    {0x1BCA0, 0x1BCA3},  // shorthand format controls
    {0x1D173, 0x1D17A},  // musical format controls
    {0xE0000, 0xE0FFF},  // tags, variation selectors of plane 14
}};

}  // namespace

CodePoint decode_utf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1, true};

    std::size_t length = 0;
    char32_t value = 0;
    char32_t smallest = 0;
    if ((first & 0xE0) == 0xC0) {
        length = 2, value = first & 0x1F, smallest = 0x80;
    } else if ((first & 0xF0) == 0xE0) {
        length = 3, value = first & 0x0F, smallest = 0x800;
    } else if ((first & 0xF8) == 0xF0) {
        length = 4, value = first & 0x07, smallest = 0x10000;
    } else {
        return {};
    }
    if (text.size() < length) return {};
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        value = (value << 6) | (byte(i) & 0x3F);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < smallest || value > 0x10FFFF || surrogate) return {};
    return {value, length, true};
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const CodePoint next = decode_utf8(text);
        if (!next.valid) return false;
        text.remove_prefix(next.length);
    }
    return true;
}

bool is_hidden(char32_t code_point) {
    return std::ranges::any_of(
        kHidden, [&](const auto& range) { return range.first <= code_point && code_point <= range.second; });
}

std::string show_hidden(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        // All of them begin with a byte of 0xC2 or more: plain text is copied as it is.
        const auto* const suspect =
            std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0xC2; });
        const auto plain = static_cast<std::size_t>(suspect - text.begin());
        shown += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const CodePoint next = decode_utf8(text);
        if (next.valid && is_hidden(next.value)) {
            shown += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(next.value));
        } else {
            shown += text.substr(0, next.length);
        }
        text.remove_prefix(next.length);
    }
    return shown;
}

}  // namespace pr_image::text
