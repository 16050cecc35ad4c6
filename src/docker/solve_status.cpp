#include "docker/solve_status.hpp"

#include "text/base64.hpp"
#include "text/json.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <limits>

namespace pr_image::docker {
namespace {

namespace json = boost::json;

using text::json_string;

bool read_digits(std::string_view from, std::size_t at, std::size_t count, int& value) {
    if (from.size() < at + count) return false;
    const auto digits = text::parse_number<unsigned>(from.substr(at, count));
    if (digits) value = static_cast<int>(*digits);
    return digits.has_value();
}

/// RFC 3339 as Go writes it: `2026-11-21T03:54:30.506028198Z`, or with an offset.
std::optional<Instant> instant(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) || !read_digits(text, 8, 2, day) ||
        !read_digits(text, 11, 2, hour) || !read_digits(text, 14, 2, minute) ||
        !read_digits(text, 17, 2, second)) {
        return std::nullopt;
    }
    if (year < 1970 || year > 2200) return std::nullopt;  // what nanoseconds in 64 bits can hold
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    std::size_t at = 19;
    std::int64_t nanoseconds = 0;
    if (at < text.size() && text[at] == '.') {
        std::int64_t unit = 100'000'000;
        for (++at; at < text.size() && text::is_digit(text[at]); ++at, unit /= 10) {
            nanoseconds += unit * (text[at] - '0');
        }
    }
    int offset_hours = 0;
    int offset_minutes = 0;
    if (at < text.size() && text[at] != 'Z') {
        if (!read_digits(text, at + 1, 2, offset_hours) || !read_digits(text, at + 4, 2, offset_minutes)) {
            return std::nullopt;
        }
        if (text[at] == '-') offset_hours = -offset_hours, offset_minutes = -offset_minutes;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(hour - offset_hours) +
           std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second) +
           std::chrono::nanoseconds(nanoseconds);
}

std::optional<Instant> instant(const json::value& holder, std::string_view key) {
    const std::string text = json_string(holder, key);
    return text.empty() ? std::nullopt : instant(text);
}

std::int64_t whole(const json::value& holder, std::string_view key) {
    constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(text::json_number(holder, key).value_or(0), kLargest));
}

std::uint32_t line_number(const json::value* position) {
    if (position == nullptr) return 0;
    const std::uint64_t number = text::json_number(*position, "line").value_or(0);
    return number <= std::numeric_limits<std::int32_t>::max() ? static_cast<std::uint32_t>(number) : 0;
}

std::string decoded(const json::value& holder, std::string_view key) {
    return text::base64_decode(json_string(holder, key)).value_or("");
}

template <typename Part, typename Read>
void read_list(const json::value& status, std::string_view key, std::vector<Part>& parts, Read read) {
    const json::value* list = text::find_json(status, key);
    if (list == nullptr || !list->is_array()) return;
    for (const json::value& part : list->as_array()) {
        if (part.is_object()) parts.push_back(read(part));
    }
}

Vertex read_vertex(const json::value& part) {
    const json::value* cached = text::find_json(part, "cached");
    return {.digest = json_string(part, "digest"),
            .name = json_string(part, "name"),
            .started = instant(part, "started"),
            .completed = instant(part, "completed"),
            .cached = cached != nullptr && cached->is_bool() && cached->as_bool(),
            .error = json_string(part, "error")};
}

VertexStatus read_status(const json::value& part) {
    return {.vertex = json_string(part, "vertex"),
            .id = json_string(part, "id"),
            .current = whole(part, "current"),
            .total = whole(part, "total"),
            .timestamp = instant(part, "timestamp"),
            .started = instant(part, "started"),
            .completed = instant(part, "completed")};
}

VertexLog read_log(const json::value& part) {
    return {.vertex = json_string(part, "vertex"),
            .stream = text::json_number(part, "stream") == 2 ? 2 : 1,
            .data = decoded(part, "data"),
            .timestamp = instant(part, "timestamp")};
}

VertexWarning read_warning(const json::value& part) {
    VertexWarning warning{.message = decoded(part, "short"),
                          .detail = {},
                          .url = json_string(part, "url"),
                          .file = json_string(part, "sourceInfo.filename")};
    const json::value* detail = text::find_json(part, "detail");
    if (detail != nullptr && detail->is_array()) {
        for (const json::value& line : detail->as_array()) {
            if (!line.is_string()) continue;
            const std::string more = text::base64_decode(line.as_string()).value_or("");
            if (!warning.detail.empty()) warning.detail += ' ';
            warning.detail += more;
        }
    }
    const json::value* ranges = text::find_json(part, "range");
    if (ranges != nullptr && ranges->is_array() && !ranges->as_array().empty()) {
        const json::value& range = ranges->as_array().front();
        warning.line = line_number(text::find_json(range, "start"));
        warning.end_line = line_number(text::find_json(range, "end"));
    }
    return warning;
}

}  // namespace

std::optional<SolveStatus> parse_solve_status(std::string_view line) {
    if (!line.starts_with('{')) return std::nullopt;
    const Result<json::value> parsed = text::parse_json(line, "buildx's progress");
    if (!parsed || !parsed->is_object()) return std::nullopt;
    SolveStatus status;
    read_list(*parsed, "vertexes", status.vertexes, read_vertex);
    read_list(*parsed, "statuses", status.statuses, read_status);
    read_list(*parsed, "logs", status.logs, read_log);
    read_list(*parsed, "warnings", status.warnings, read_warning);
    return status;
}

}  // namespace pr_image::docker
