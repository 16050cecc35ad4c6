#include "plan/input_reader.hpp"

#include "text/strings.hpp"

#include <algorithm>

namespace pr_image::plan {

std::optional<std::pair<std::string, std::string>> key_value(std::string_view entry) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = text::trim(entry.substr(0, equals));
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (key.empty() || std::ranges::any_of(key, control)) return std::nullopt;
    return std::pair(std::string(key), std::string(entry.substr(equals + 1)));
}

std::string InputReader::text(std::string_view name, std::string_view otherwise) const {
    const auto found = raw_.find(name);
    const std::string_view given = found == raw_.end() ? std::string_view() : text::trim(found->second);
    return std::string(given.empty() ? otherwise : given);
}

bool InputReader::boolean(std::string_view name, bool otherwise) {
    const std::string given = text(name);
    if (given.empty()) return otherwise;
    if (given == "true" || given == "True" || given == "TRUE") return true;
    if (given == "false" || given == "False" || given == "FALSE") return false;
    refuse(name, fmt::format("'{}' is neither true nor false", text::printable(given)));
    return otherwise;
}

std::string_view InputReader::raw(std::string_view name) const {
    const auto found = raw_.find(name);
    return found == raw_.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> InputReader::list(std::string_view name, text::Commas commas,
                                           text::ListSyntax syntax) {
    return take(name, text::csv_list(raw(name), commas, syntax)).value_or(std::vector<std::string>());
}

std::optional<std::pair<std::string, std::string>> InputReader::key_value(std::string_view name,
                                                                          std::string_view entry) {
    auto pair = plan::key_value(entry);
    if (!pair) refuse(name, fmt::format("'{}' is not key=value", text::printable(entry)));
    return pair;
}

std::optional<WorkspacePath> InputReader::path(std::string_view name, std::string_view written, PathUse use) {
    return take(name, paths_.open(written, use));
}

void InputReader::refuse(std::string_view name, std::string why, std::string fix) {
    if (!error_) error_ = Error{fmt::format("Invalid input '{}'", name), std::move(why), std::move(fix)};
}

}  // namespace pr_image::plan
