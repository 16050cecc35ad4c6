#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>
#include <vector>

namespace pr_image::fuzz {

/// What is fuzzed: given each input once. Besides "it does not crash" a target holds invariants.
struct Target {
    std::string_view name;  ///< of its file, and of its folder in seeds/
    void (*try_input)(std::string_view input);
};

/// Every target that is linked into this program.
inline std::vector<Target>& targets() {
    static std::vector<Target> all;
    return all;
}

/// Makes a target known before main().
struct Registered {
    Registered(std::string_view name, void (*try_input)(std::string_view)) {
        targets().push_back({name, try_input});
    }
};

/// Ends the process, which libFuzzer reports with its input, unless the invariant holds.
inline void require(bool invariant, std::source_location place = std::source_location::current()) {
    if (invariant) return;
    std::fprintf(stderr, "%s:%u: the invariant does not hold\n", place.file_name(),
                 static_cast<unsigned>(place.line()));
    std::abort();
}

/// Takes what a parser gave: an error is as good as anything else, as long as it came back.
template <typename T>
void any_result(const T& /*given*/) {}

/// Cuts the next field off `rest`; fields end with a NUL byte, the last one with the input.
inline std::string_view take_field(std::string_view& rest) {
    const std::size_t end = rest.find('\0');
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return field;
}

/// Cuts a first byte off `rest`, for choices; 0 when there is none.
inline unsigned take_byte(std::string_view& rest) {
    if (rest.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    return byte;
}

}  // namespace pr_image::fuzz
