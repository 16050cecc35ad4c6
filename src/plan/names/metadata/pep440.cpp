#include "plan/names/metadata/pep440.hpp"

#include "text/strings.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace pr_image::plan::metadata {

namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

constexpr std::array<Spelling, 8> kPre{{{"alpha", "a"},
                                        {"beta", "b"},
                                        {"preview", "rc"},
                                        {"pre", "rc"},
                                        {"rc", "rc"},
                                        {"a", "a"},
                                        {"b", "b"},
                                        {"c", "rc"}}};
constexpr std::array<Spelling, 3> kPost{{{"post", "post"}, {"rev", "post"}, {"r", "post"}}};
constexpr std::array<Spelling, 1> kDevelopment{{{"dev", "dev"}}};

std::string without_leading_zeros(std::string_view digits) {
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return std::string(digits.substr(first));
}

std::string_view take_digits(std::string_view& text) {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

void skip_separator(std::string_view& text) {
    if (!text.empty() && std::string_view("-_.").contains(text.front())) text.remove_prefix(1);
}

/// Takes `[-_.]word[-_.]number` off the front and gives it in the normal spelling; the separators and the
/// number may be missing.
std::optional<std::string> take_suffix(std::string_view& text, std::span<const Spelling> spellings) {
    std::string_view rest = text;
    skip_separator(rest);
    const auto found = std::ranges::find_if(
        spellings, [&](const Spelling& spelling) { return rest.starts_with(spelling.first); });
    if (found == spellings.end()) return std::nullopt;
    text = rest.substr(found->first.size());
    skip_separator(text);
    const std::string_view digits = take_digits(text);
    return std::string(found->second) + (digits.empty() ? "0" : without_leading_zeros(digits));
}

/// Gives the local version with its parts joined by commas, as docker/metadata-action's library does.
std::optional<std::string> normal_local(std::string_view local) {
    std::string normal;
    while (true) {
        const std::size_t end = std::min(local.find_first_of("-_."), local.size());
        const std::string_view part = local.substr(0, end);
        if (part.empty() || !std::ranges::all_of(part, text::is_lower_alnum)) return std::nullopt;
        if (!normal.empty()) normal += ',';
        normal += std::ranges::all_of(part, text::is_digit) ? without_leading_zeros(part) : std::string(part);
        if (end == local.size()) return normal;
        local.remove_prefix(end + 1);
    }
}

}  // namespace

std::string Pep440::part(std::size_t index) const {
    return index < release.size() ? release[index] : "0";
}

std::optional<Pep440> parse_pep440(std::string_view raw) {
    const std::string lower = text::to_lower(raw);
    std::string_view rest = lower;
    Pep440 version{.raw = std::string(raw), .normal = {}, .release = {}};
    if (rest.starts_with('v')) rest.remove_prefix(1);
    std::string_view digits = take_digits(rest);
    if (digits.empty()) return std::nullopt;
    if (rest.starts_with('!')) {
        if (const std::string epoch = without_leading_zeros(digits); epoch != "0")
            version.normal = epoch + "!";
        rest.remove_prefix(1);
        digits = take_digits(rest);
        if (digits.empty()) return std::nullopt;
    }
    version.release.push_back(without_leading_zeros(digits));
    while (rest.size() > 1 && rest.front() == '.' && text::is_digit(rest[1])) {
        rest.remove_prefix(1);
        version.release.push_back(without_leading_zeros(take_digits(rest)));
    }
    version.normal += text::join(version.release, ".");

    if (const std::optional<std::string> pre = take_suffix(rest, kPre)) {
        version.is_final = false;
        version.normal += *pre;
    }
    if (rest.size() > 1 && rest.front() == '-' && text::is_digit(rest[1])) {
        // `1.0-1` is the old spelling of a post-release.
        rest.remove_prefix(1);
        version.is_final = false;
        version.normal += ".post" + without_leading_zeros(take_digits(rest));
    } else if (const std::optional<std::string> post = take_suffix(rest, kPost)) {
        version.is_final = false;
        version.normal += "." + *post;
    }
    if (const std::optional<std::string> development = take_suffix(rest, kDevelopment)) {
        version.is_final = false;
        version.normal += "." + *development;
    }
    if (rest.starts_with('+')) {
        const std::optional<std::string> local = normal_local(rest.substr(1));
        if (!local) return std::nullopt;
        version.normal += "+" + *local;
        rest = {};
    }
    if (!rest.empty()) return std::nullopt;
    return version;
}

}  // namespace pr_image::plan::metadata
