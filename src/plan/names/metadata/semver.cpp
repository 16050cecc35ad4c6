#include "plan/names/metadata/semver.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace pr_image::plan::metadata {

namespace {

bool is_identifier(std::string_view part) {
    return !part.empty() &&
           std::ranges::all_of(part, [](char c) { return (text::is_word(c) && c != '_') || c == '-'; });
}

bool is_numeric(std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, text::is_digit);
}

bool has_leading_zero(std::string_view part) {
    return part.size() > 1 && part.front() == '0';
}

bool is_core_number(std::string_view part) {
    constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53U) - 1;
    return !has_leading_zero(part) && text::parse_number<std::uint64_t>(part, 0, kLargest);
}

}  // namespace

std::string Semver::version() const {
    const std::string core = fmt::format("{}.{}.{}", major, minor, patch);
    return pre_release.empty() ? core : fmt::format("{}-{}", core, pre_release);
}

std::optional<Semver> parse_semver(std::string_view raw) {
    constexpr std::size_t kLongest = 256;
    if (raw.size() > kLongest) return std::nullopt;
    std::string_view rest = text::trim(raw);
    if (rest.starts_with('v')) rest.remove_prefix(1);
    if (const std::size_t plus = rest.find('+'); plus != std::string_view::npos) {
        if (!std::ranges::all_of(text::split(rest.substr(plus + 1), '.'), is_identifier)) return std::nullopt;
        rest = rest.substr(0, plus);
    }
    std::string_view pre_release;
    if (const std::size_t dash = rest.find('-'); dash != std::string_view::npos) {
        pre_release = rest.substr(dash + 1);
        const auto allowed = [](std::string_view part) {
            return is_identifier(part) && !(is_numeric(part) && has_leading_zero(part));
        };
        if (!std::ranges::all_of(text::split(pre_release, '.'), allowed)) return std::nullopt;
        rest = rest.substr(0, dash);
    }
    const std::vector<std::string_view> core = text::split(rest, '.');
    if (core.size() != 3 || !std::ranges::all_of(core, is_core_number)) return std::nullopt;
    return Semver{std::string(raw), std::string(core[0]), std::string(core[1]), std::string(core[2]),
                  std::string(pre_release)};
}

}  // namespace pr_image::plan::metadata
