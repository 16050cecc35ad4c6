#include "fuzz/target.hpp"
#include "text/base64.hpp"
#include "text/error.hpp"
#include "text/percent.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <string>

namespace pr_image::fuzz {
namespace {

// Every encoding gives back what was put in, takes nothing that it would not have written, and holds only the
// characters of its alphabet.
void try_encodings(std::string_view input) {
    require(text::base64_decode(text::base64_encode(input)) == input);
    require(text::base64url_decode(text::base64url_encode(input)) == input);
    require(text::percent_decode(text::percent_encode(input)) == input);
    if (const auto decoded = text::base64_decode(input)) require(text::base64_encode(*decoded) == input);
    if (const auto decoded = text::base64url_decode(input))
        require(text::base64url_encode(*decoded).starts_with(input));
    if (const auto decoded = text::percent_decode(input))
        require(text::percent_decode(text::percent_encode(*decoded)) == *decoded);
    require(std::ranges::all_of(text::percent_encode(input), [](char c) { return c > ' ' && c <= '~'; }));

    const std::string shown = text::printable(input);
    require(text::is_utf8(shown));
    require(std::ranges::none_of(shown,
                                 [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
    require(shown.size() <= 120 * 10 + 3);
}

const Registered encodings("encodings", try_encodings);

}  // namespace
}  // namespace pr_image::fuzz
