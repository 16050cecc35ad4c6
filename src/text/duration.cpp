#include "text/duration.hpp"

#include "text/number.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace pr_image::text {

namespace {

struct Unit {
    char name;
    std::int64_t seconds;
};

constexpr std::array<Unit, 4> kUnits{{{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};
constexpr std::int64_t kLongest = 10LL * 366 * 86'400;

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::seconds(0);
    const auto bad = [&] {
        return fail("Invalid duration", fmt::format("'{}' is not a duration", printable(text)),
                    "Write for example 90s, 10m, 1h30m or 7d.");
    };
    std::int64_t total = 0;
    std::size_t next_unit = 0;
    std::string_view rest = text;
    if (rest.empty()) return bad();
    while (!rest.empty()) {
        const auto number = take_number<std::uint32_t>(rest, 999'999'999);
        if (!number || rest.empty()) return bad();
        while (next_unit < kUnits.size() && kUnits[next_unit].name != rest.front())
            ++next_unit;
        if (next_unit == kUnits.size()) return bad();
        total += std::int64_t{*number} * kUnits[next_unit++].seconds;
        rest.remove_prefix(1);
    }
    if (total > kLongest) return bad();
    return std::chrono::seconds(total);
}

std::string to_string(std::chrono::seconds duration) {
    std::int64_t left = duration.count();
    std::string shown;
    for (const Unit& unit : kUnits) {
        if (left < unit.seconds) continue;
        shown += fmt::format("{}{}{}", shown.empty() ? "" : " ", left / unit.seconds, unit.name);
        left %= unit.seconds;
    }
    return shown.empty() ? "0s" : shown;
}

}  // namespace pr_image::text
