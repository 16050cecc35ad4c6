#include "plan/build/option_list.hpp"

#include "text/csv.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

constexpr std::string_view kOptionTitle = "Invalid option";
/// What is longer is no slip of anything.
constexpr std::size_t kLongestWord = 64;

std::unexpected<Error> bad_quotes(std::string_view why) {
    return fail(std::string(kOptionTitle), fmt::format("a quote {}", why),
                "Put double quotes around a whole field, and double those inside it: \"name=a,b\".");
}

/// Reads a field behind its opening quote; leaves `rest` behind the closing one.
Result<std::string> quoted_field(std::string_view& rest) {
    std::string field;
    for (;;) {
        const std::size_t quote = rest.find('"');
        if (quote == std::string_view::npos) return bad_quotes("does not close");
        field += rest.substr(0, quote);
        rest.remove_prefix(quote + 1);
        if (!rest.starts_with('"')) break;
        field += '"';
        rest.remove_prefix(1);
    }
    if (!rest.empty() && !rest.starts_with(',')) return bad_quotes("closes in the middle of a field");
    return field;
}

/// The optimal string alignment distance.
std::size_t edits(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before;
    std::vector<std::size_t> last(right.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::vector<std::size_t> row(right.size() + 1, i);
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = left[i - 1] == right[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, std::move(row));
    }
    return last.back();
}

bool is_integer(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.size() <= 18 && std::ranges::all_of(text, text::is_digit);
}

bool is_duration(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (text == "0") return true;
    if (text.empty()) return false;
    while (!text.empty()) {
        const std::size_t unit = text.find_first_not_of("0123456789.");
        if (unit == 0 || unit == std::string_view::npos) return false;
        const std::string_view number = text.substr(0, unit);
        if (number == "." || std::ranges::count(number, '.') > 1 || number.size() > 15) return false;
        text.remove_prefix(unit);
        const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
        constexpr std::array<std::string_view, 8> kUnits{"ns", "us", "\u00B5s", "\u03BCs",
                                                         "ms", "s",  "m",       "h"};
        if (std::ranges::find(kUnits, name) == kUnits.end()) return false;
        text.remove_prefix(name.size());
    }
    return true;
}

std::unexpected<Error> bad_value(std::string_view key, std::string_view value, std::string_view why,
                                 std::string fix) {
    return fail(std::string(kOptionTitle), fmt::format("{}='{}' {}", key, printable(value), why),
                std::move(fix));
}

/// Gives the value as it is written back.
Result<std::string> check_value(const OptionKey& key, const std::string& value) {
    switch (key.kind) {
        case ValueKind::text:
            return value;
        case ValueKind::boolean_or_empty:
            if (value.empty()) return std::string("true");
            [[fallthrough]];
        case ValueKind::boolean: {
            if (const std::optional<bool> wanted = parse_go_bool(value)) return *wanted ? "true" : "false";
            return bad_value(key.name, value, "is neither true nor false",
                             fmt::format("Write {}=true or {}=false, without blanks.", key.name, key.name));
        }
        case ValueKind::integer:
            if (is_integer(value)) return value;
            return bad_value(key.name, value, "is not a whole number", "");
        case ValueKind::duration:
            if (is_duration(value)) return value;
            return bad_value(key.name, value, "is not a duration", "Write for example 90s or 10m.");
        case ValueKind::choice: {
            const std::vector<std::string_view> choices = text::split(key.choices, ' ');
            if (std::ranges::find(choices, value) != choices.end()) return value;
            const std::string_view meant = nearest(value, choices);
            return bad_value(key.name, value, "is not known",
                             meant.empty()
                                 ? fmt::format("Use one of: {}.", text::replace_all(key.choices, " ", ", "))
                                 : fmt::format("Did you mean {}={}?", key.name, meant));
        }
    }
    return value;
}

}  // namespace

const std::string* Attributes::find(std::string_view key) const {
    const auto found = std::ranges::find(pairs_, key, &Pair::key);
    return found == pairs_.end() ? nullptr : &found->value;
}

std::optional<bool> Attributes::boolean(std::string_view key) const {
    const std::string* value = find(key);
    return value == nullptr ? std::nullopt : parse_go_bool(*value);
}

void Attributes::set(std::string key, std::string value) {
    const auto found = std::ranges::find(pairs_, key, &Pair::key);
    if (found == pairs_.end()) {
        pairs_.push_back({std::move(key), std::move(value)});
    } else {
        found->value = std::move(value);
    }
}

std::optional<std::string> Attributes::take(std::string_view key) {
    const auto found = std::ranges::find(pairs_, key, &Pair::key);
    if (found == pairs_.end()) return std::nullopt;
    std::string value = std::move(found->value);
    pairs_.erase(found);
    return value;
}

std::optional<bool> parse_go_bool(std::string_view text) {
    constexpr std::array<std::string_view, 6> kTrue{"1", "t", "T", "true", "TRUE", "True"};
    constexpr std::array<std::string_view, 6> kFalse{"0", "f", "F", "false", "FALSE", "False"};
    if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
    if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
    return std::nullopt;
}

Result<std::vector<std::string>> option_fields(std::string_view value) {
    if (value.ends_with('\n')) value.remove_suffix(value.ends_with("\r\n") ? 2 : 1);
    if (value.empty()) return fail(std::string(kOptionTitle), "an entry is empty");
    std::vector<std::string> fields;
    for (;;) {
        if (value.starts_with('"')) {
            value.remove_prefix(1);
            TRY_ASSIGN(std::string field, quoted_field(value));
            fields.push_back(std::move(field));
        } else {
            const std::string_view field = value.substr(0, value.find(','));
            if (field.contains('"')) return bad_quotes("stands inside a field that does not start with one");
            fields.emplace_back(field);
            value.remove_prefix(field.size());
        }
        if (value.empty()) return fields;
        value.remove_prefix(1);
    }
}

Result<Attributes> option_attributes(const std::vector<std::string>& fields, KeySpelling spelling) {
    Attributes attributes;
    for (const std::string& field : fields) {
        const std::size_t equals = field.find('=');
        if (equals == std::string::npos) {
            return fail(std::string(kOptionTitle),
                        field.empty()
                            ? std::string("a field is empty, as between two commas or behind the last one")
                            : fmt::format("'{}' is not key=value", printable(field)),
                        "Put double quotes around a field with a comma in it: \"name=a,b\".");
        }
        std::string key = field.substr(0, equals);
        if (std::ranges::any_of(key, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }) &&
            !text::to_lower(text::trim(key)).starts_with("annotation")) {
            return fail(std::string(kOptionTitle),
                        fmt::format("the key '{}' has a character outside ASCII", printable(key)),
                        "Type the key again.");
        }
        if (spelling != KeySpelling::exact) key = text::to_lower(key);
        if (spelling == KeySpelling::trimmed_lower) key = text::trim(key);
        attributes.set(std::move(key), field.substr(equals + 1));
    }
    return attributes;
}

Result<Attributes> check_attributes(const Attributes& attributes, std::span<const OptionKey> known) {
    std::vector<std::string_view> names;
    for (const OptionKey& key : known)
        names.push_back(key.name);
    Attributes checked;
    for (const auto& [key, value] : attributes) {
        const auto found = std::ranges::find(known, key, &OptionKey::name);
        if (found == known.end()) {
            if (const std::string_view meant = nearest(key, names);
                !meant.empty() || text::trim(key) != key) {
                return fail(std::string(kOptionTitle),
                            fmt::format("the key '{}' is not known", printable(key)),
                            meant.empty() ? "Write it without blanks around it."
                                          : fmt::format("Did you mean {}?", meant));
            }
            checked.set(key, value);
        } else if (!value.empty() || !found->empty_is_absent) {
            TRY_ASSIGN(std::string written, check_value(*found, value));
            checked.set(key, std::move(written));
        }
    }
    return checked;
}

std::string option_text(const std::vector<std::string>& fields) {
    std::string whole;
    for (const std::string& field : fields)
        whole += (whole.empty() ? "" : ",") + text::csv_field(field);
    return whole;
}

void add_fields(std::vector<std::string>& fields, const Attributes& attributes) {
    for (const auto& [key, value] : attributes)
        fields.push_back(fmt::format("{}={}", key, value));
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string plain = text::to_lower(text::trim(word));
    if (plain.empty() || plain.size() > kLongestWord) return {};
    std::string_view best;
    std::size_t limit = plain.size() < 3 ? 0 : plain.size() < 6 ? 1 : 2;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edits(plain, candidate);
        if (distance > limit || (!best.empty() && distance == limit)) continue;
        best = candidate;
        limit = distance;
    }
    return best;
}

std::string shown_entry(std::string_view entry) {
    constexpr std::array<std::string_view, 6> kSigns{"token", "key", "secret", "passw", "sig", "://"};
    const std::string lower = text::to_lower(entry);
    std::size_t end = entry.size();
    for (const std::string_view sign : kSigns)
        end = std::min(end, lower.find(sign));
    if (end == entry.size()) return printable(entry);
    const std::size_t comma = entry.substr(0, end).rfind(',');
    return printable(entry.substr(0, comma == std::string_view::npos ? 0 : comma + 1)) + "…";
}

std::unexpected<Error> RefuseEntry::operator()(std::string_view why, std::string fix) const {
    return fail(std::string(what_), fmt::format("'{}' {}", shown_entry(entry_), why), std::move(fix));
}

std::unexpected<Error> RefuseEntry::because(const Error& error) const {
    return (*this)(fmt::format("is refused: {}", error.why), error.fix);
}

Result<NamedImage> parse_named_image(std::string_view text) {
    const std::size_t at = text.find('@');
    std::string_view name = text.substr(0, at);
    std::optional<Digest> digest;
    if (at != std::string_view::npos) {
        TRY_ASSIGN(digest, Digest::parse(text.substr(at + 1)));
    }
    const std::size_t slash = name.rfind('/');
    const std::size_t colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
    std::optional<Tag> tag;
    if (colon != std::string_view::npos) {
        TRY_ASSIGN(tag, Tag::parse(name.substr(colon + 1)));
        name = name.substr(0, colon);
    }
    TRY_ASSIGN(ImageName image, ImageName::parse(name));
    return NamedImage{.name = std::move(image),
                      .tag = std::move(tag),
                      .digest = std::move(digest),
                      .text = text::to_lower(name) + std::string(text.substr(name.size()))};
}

}  // namespace pr_image::plan
