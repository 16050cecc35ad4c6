#include "plan/build/destinations.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace pr_image::plan {

namespace {

bool is_within(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

Result<void> check_destinations(const std::vector<OutputEntry>& outputs,
                                const std::vector<CacheEntry>& caches) {
    std::vector<std::string> written;
    for (const OutputEntry& output : outputs) {
        if (output.destination) written.push_back(output.destination->string());
    }
    const std::size_t own = written.size();
    for (const CacheEntry& cache : caches) {
        if (cache.path) written.push_back(cache.path->string());
    }
    std::size_t at = 0;
    for (const OutputEntry& output : outputs) {
        if (!output.destination) continue;
        const std::size_t self = at++;
        if (output.type != OutputType::local) continue;
        for (std::size_t other = 0; other < written.size(); ++other) {
            if (other == self || !is_within(written[other], output.destination->string())) continue;
            return text::fail(
                "Path refused",
                fmt::format("'{}', where {} is written, lies in '{}', which type=local fills",
                            text::printable(written[other]), other < own ? "another output" : "a cache",
                            text::printable(output.destination->string())),
                "Give each result a folder of its own.");
        }
    }
    return {};
}

}  // namespace pr_image::plan
