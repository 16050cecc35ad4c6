#include "plan/input_reader.hpp"

#include "text/strings.hpp"

namespace pr_image::plan {

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

std::vector<std::string> InputReader::list(std::string_view name, text::Commas commas) {
    const auto found = raw_.find(name);
    if (found == raw_.end()) return {};
    return take(name, text::csv_list(found->second, commas)).value_or(std::vector<std::string>());
}

void InputReader::refuse(std::string_view name, std::string why, std::string fix) {
    if (!error_) error_ = Error{fmt::format("Invalid input '{}'", name), std::move(why), std::move(fix)};
}

}  // namespace pr_image::plan
