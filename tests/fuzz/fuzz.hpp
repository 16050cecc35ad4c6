#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace pr_image::fuzz {

/// Ends the process, which libFuzzer reports with its input, unless the invariant holds.
inline void require(bool invariant) {
    if (!invariant) std::abort();
}

/// Cuts the next field off `rest`; fields end with a NUL byte, the last one with the input.
inline std::string_view take_field(std::string_view& rest) {
    const std::size_t end = rest.find('\0');
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return field;
}

/// What a fuzz target is about: defined in its file, given each input once.
void try_input(std::string_view input);

}  // namespace pr_image::fuzz

extern "C" inline int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pr_image::fuzz::try_input({reinterpret_cast<const char*>(data), size});
    return 0;
}
