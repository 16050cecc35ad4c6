#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::metadata {

/// A Python version in the normal form of PEP 440.
struct Pep440 {
    std::string raw;                   ///< as it was written
    std::string normal;                ///< "1.2.post1", "1!2.0rc2"
    std::vector<std::string> release;  ///< the numbers, without leading zeros; at least one
    bool is_final = true;              ///< no pre-, post- or development release

    /// The release's number at `index`, or "0" where it has none.
    [[nodiscard]] std::string part(std::size_t index) const;
};

/// Takes a version as PEP 440's appendix B accepts it, in any case and with a `v` in front or none; gives
/// nothing for anything else.
std::optional<Pep440> parse_pep440(std::string_view text);

}  // namespace pr_image::plan::metadata
