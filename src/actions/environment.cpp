#include "actions/environment.hpp"

namespace pr_image::actions {

Environment Environment::capture(const char* const* entries) {
    Environment environment;
    for (; entries != nullptr && *entries != nullptr; ++entries) {
        const std::string_view entry(*entries);
        const std::size_t equals = entry.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        environment.variables_.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
    return environment;
}

std::optional<std::string_view> Environment::get(std::string_view name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::string Environment::value(std::string_view name, std::string_view fallback) const {
    return std::string(get(name).value_or(fallback));
}

bool Environment::in_actions() const {
    return get("GITHUB_ACTIONS") == "true";
}

std::vector<std::string> Environment::pick(const std::vector<std::string_view>& names) const {
    std::vector<std::string> picked;
    for (const std::string_view name : names) {
        if (const auto found = get(name)) {
            picked.push_back(std::string(name) + "=");
            picked.back() += *found;
        }
    }
    return picked;
}

}  // namespace pr_image::actions
