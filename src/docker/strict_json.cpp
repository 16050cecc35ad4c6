#include "docker/strict_json.hpp"

#include "docker/archive_error.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace pr_image::docker {

namespace {

namespace json = boost::json;
using text::printable;

constexpr std::size_t kMaxValues = 65'536;

std::size_t count_keys(const json::value& value) {
    std::size_t keys = 0;
    if (const json::object* object = value.if_object()) {
        keys = object->size();
        for (const auto& member : *object)
            keys += count_keys(member.value());
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array)
            keys += count_keys(element);
    }
    return keys;
}

struct Marks {
    std::size_t colons = 0;  ///< in well-formed JSON one for each member
    std::size_t values = 0;  ///< at least as many as there are values
};

/// Counts what stands outside of strings.
Marks count_marks(std::string_view text) {
    Marks marks{.values = 1};
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string && c == '\\') {
            ++i;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string) {
            marks.colons += static_cast<std::size_t>(c == ':');
            marks.values += static_cast<std::size_t>(c == ',' || c == '[' || c == '{');
        }
    }
    return marks;
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view text, std::string_view what) {
    const Marks marks = count_marks(text);
    if (marks.values > kMaxValues)
        return refuse_archive(
            fmt::format("its {} holds more than {} values, which no image needs", what, kMaxValues));
    Result<json::value> value = text::parse_json(text, what);
    if (!value) return refuse_archive(fmt::format("its {} is not JSON", what));
    if (count_keys(*value) != marks.colons) {
        return refuse_archive(
            fmt::format("its {} names a member twice, and readers differ in which one counts", what));
    }
    return value;
}

Result<void> require_exact_keys(const json::object& object, std::span<const std::string_view> known,
                                std::string_view what) {
    for (const auto& member : object) {
        const std::string_view key = member.key();
        const bool ascii = std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; });
        const bool alike = std::ranges::any_of(known, [&](std::string_view exact) {
            return key != exact && text::to_lower(key) == text::to_lower(exact);
        });
        if (!ascii || alike) {
            return refuse_archive(fmt::format(
                "its {} has a member '{}', which some readers take for another one", what, printable(key)));
        }
    }
    return {};
}

}  // namespace pr_image::docker
