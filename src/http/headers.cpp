#include "http/headers.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::http {

namespace {

bool is_token(std::string_view name) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return text::is_word(c) || marks.find(c) != std::string_view::npos;
    });
}

// Longer ones would be refused by servers, and Beast counts a field's size in 16 bits.
constexpr std::size_t kLongestValue = 32 * 1024;

bool is_field_value(std::string_view value) {
    return value.size() <= kLongestValue && std::ranges::none_of(value, [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return (byte < 0x20 && c != '\t') || byte == 0x7F;
           });
}

bool same_name(std::string_view left, std::string_view right) {
    return left.size() == right.size() && text::to_lower(left) == text::to_lower(right);
}

}  // namespace

void Headers::set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
    if (!is_token(name) || !is_field_value(value)) {
        refused_ =
            Error{fmt::format("Invalid HTTP header '{}'", text::printable(name)),
                  "its name or value holds a character that could begin another header, or is too long",
                  "Look for line breaks in the value, such as one at the end of a password."};
        return;
    }
    fields_.emplace_back(name, text::trim(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
    for (const Field& field : fields_) {
        if (same_name(field.first, name)) return field.second;
    }
    return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const Field& field : fields_) {
        if (same_name(field.first, name)) values.emplace_back(field.second);
    }
    return values;
}

std::vector<Link> parse_links(std::string_view value) {
    std::vector<Link> links;
    while (true) {
        const std::size_t open = value.find('<');
        if (open == std::string_view::npos) return links;
        const std::size_t close = value.find('>', open);
        if (close == std::string_view::npos) return links;
        const std::string_view target = value.substr(open + 1, close - open - 1);
        value.remove_prefix(close + 1);

        // A parameter's quoted value may hold a comma, so the end of this link is found by walking.
        bool quoted = false;
        std::size_t end = 0;
        for (; end < value.size() && (quoted || value[end] != ','); ++end) {
            if (value[end] == '"') quoted = !quoted;
        }
        for (const std::string_view parameter : text::split(value.substr(0, end), ';')) {
            const std::size_t equals = parameter.find('=');
            if (equals == std::string_view::npos) continue;
            if (text::to_lower(text::trim(parameter.substr(0, equals))) != "rel") continue;
            std::string_view relation = text::trim(parameter.substr(equals + 1));
            if (relation.size() >= 2 && relation.starts_with('"') && relation.ends_with('"')) {
                relation = relation.substr(1, relation.size() - 2);
            }
            if (!relation.empty()) links.push_back({std::string(target), text::to_lower(relation)});
        }
        value.remove_prefix(end);
    }
}

std::optional<std::string> link_target(const Headers& headers, std::string_view relation) {
    for (const std::string_view value : headers.all("Link")) {
        for (const Link& link : parse_links(value)) {
            if (link.relation == relation) return link.target;
        }
    }
    return std::nullopt;
}

}  // namespace pr_image::http
