#include "plan/names/metadata/annotations.hpp"

#include "plan/names/metadata/expressions.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan::metadata {

using text::Template;

namespace {

std::size_t key_end(std::string_view entry) {
    int braces = 0;
    for (std::size_t i = 0; i < entry.size(); ++i) {
        if (entry[i] == '{') ++braces;
        if (entry[i] == '}' && braces > 0) --braces;
        if (entry[i] == '=' && braces == 0) return i;
    }
    return std::string_view::npos;
}

void set(Pairs& pairs, std::pair<std::string, std::string> entry) {
    const auto found = std::ranges::find(pairs, entry.first, &Pairs::value_type::first);
    if (found != pairs.end()) {
        found->second = std::move(entry.second);
    } else {
        pairs.push_back(std::move(entry));
    }
}

}  // namespace

Result<std::pair<std::string, std::string>> parse_entry(std::string_view input, std::string_view entry) {
    const auto refuse = [&](std::string_view why, std::string fix) {
        return text::fail(fmt::format("Invalid input '{}'", input),
                          fmt::format("'{}' {}", text::printable(entry), why), std::move(fix));
    };
    const std::size_t end = key_end(entry);
    const std::string_view key = text::trim(entry.substr(0, end));
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (end == std::string_view::npos || key.empty() || std::ranges::any_of(key, control)) {
        return refuse("is not key=value", "");
    }
    const std::string_view value = entry.substr(end + 1);
    for (const std::string_view part : {key, value}) {
        const Result<Template> parsed = parse_template(part, Names::global);
        if (!parsed) return refuse(fmt::format("is no template: {}", parsed.error().why), parsed.error().fix);
    }
    return std::pair(std::string(key), std::string(value));
}

Result<std::string> expand(std::string_view text, const Context& context) {
    TRY_ASSIGN(Template parsed, parse_template(text, Names::global));
    return render(parsed, context);
}

std::string_view annotation_level(std::string_view entry) {
    constexpr std::array<std::string_view, 4> kLevels{"manifest-descriptor", "index-descriptor", "manifest",
                                                      "index"};
    std::size_t at = 0;
    for (;;) {
        const auto level = std::ranges::find_if(
            kLevels, [&](std::string_view name) { return entry.substr(at).starts_with(name); });
        if (level == kLevels.end()) return {};
        at += level->size();
        if (entry.substr(at).starts_with('[')) {
            const std::size_t close = entry.find(']', at);
            if (close == std::string_view::npos) return {};
            at = close + 1;
        }
        if (entry.substr(at).starts_with(':')) return entry.substr(0, at + 1);
        if (!entry.substr(at).starts_with(',')) return {};
        ++at;
    }
}

Result<std::vector<std::string>> annotations(const Pairs& oci, const std::vector<std::string>& entries,
                                             const std::vector<std::string>& levels, const Context& context) {
    Pairs general = oci;
    std::vector<std::string> placed;
    for (const std::string& entry : entries) {
        TRY_ASSIGN(const auto parsed, parse_entry("annotations", entry));
        TRY_ASSIGN(std::string key, expand(parsed.first, context));
        TRY_ASSIGN(std::string value, expand(parsed.second, context));
        if (annotation_level(entry).empty()) {
            set(general, {std::move(key), std::move(value)});
        } else {
            placed.push_back(fmt::format("{}={}", key, value));
        }
    }
    general = sorted(std::move(general));
    std::vector<std::string> all;
    for (const std::string& level : levels) {
        for (const auto& [key, value] : general)
            all.push_back(fmt::format("{}:{}={}", level, key, value));
    }
    std::ranges::move(placed, std::back_inserter(all));
    return all;
}

Pairs sorted(Pairs pairs) {
    std::ranges::sort(pairs, [](const auto& one, const auto& other) {
        const std::string lower = text::to_lower(one.first);
        const std::string other_lower = text::to_lower(other.first);
        return lower != other_lower ? lower < other_lower : one.first < other.first;
    });
    return pairs;
}

}  // namespace pr_image::plan::metadata
