#include "text/json.hpp"

#include "text/strings.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/parse_options.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pr_image::text {

namespace {

/// Boost reads a number beyond a double's range as infinity, which no JSON can be written with.
bool all_numbers_finite(const boost::json::value& value) {
    if (const double* number = value.if_double()) return std::isfinite(*number);
    if (const auto* array = value.if_array()) return std::ranges::all_of(*array, all_numbers_finite);
    if (const auto* object = value.if_object()) {
        return std::ranges::all_of(*object,
                                   [](const auto& member) { return all_numbers_finite(member.value()); });
    }
    return true;
}

}  // namespace

Result<boost::json::value> parse_json(std::string_view text, std::string_view what) {
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(text, error, {}, options);
    if (error)
        return fail(fmt::format("Malformed {}", what), fmt::format("it is not JSON: {}", error.message()));
    if (!all_numbers_finite(value))
        return fail(fmt::format("Malformed {}", what), "it has a number that is out of range");
    return value;
}

const boost::json::value* find_json(const boost::json::value& root, std::string_view path) {
    const boost::json::value* at = &root;
    for (const std::string_view step : split(path, '.')) {
        const boost::json::object* object = at->if_object();
        if (object == nullptr) return nullptr;
        at = object->if_contains(step);
        if (at == nullptr) return nullptr;
    }
    return at->is_null() ? nullptr : at;
}

std::string json_string(const boost::json::value& root, std::string_view path) {
    const boost::json::value* found = find_json(root, path);
    const boost::json::string* string = found == nullptr ? nullptr : found->if_string();
    return string == nullptr ? std::string() : std::string(*string);
}

std::optional<std::uint64_t> json_number(const boost::json::value& root, std::string_view path) {
    const boost::json::value* found = find_json(root, path);
    if (found == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto number = found->to_number<std::uint64_t>(error);
    if (error) return std::nullopt;
    return number;
}

}  // namespace pr_image::text
