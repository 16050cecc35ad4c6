#include "process/time_zone_file.hpp"

#include "process/read_file.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace pr_image::process {

namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view part) {
    const auto allowed = [](char c) { return text::is_word(c) || c == '-' || c == '+'; };
    return !part.empty() && std::ranges::all_of(part, allowed);
}

/// Gives the entry of `folder` that is called `name` in any case.
std::optional<fs::path> find_entry(const fs::path& folder, std::string_view name) {
    std::error_code error;
    if (fs::path exact = folder / name; fs::exists(exact, error)) return exact;
    const std::string wanted = text::to_lower(name);
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (text::to_lower(entry->path().filename().string()) == wanted) return entry->path();
    }
    return std::nullopt;
}

}  // namespace

Result<std::optional<text::TimeZone>> read_time_zone(std::string_view name, const std::string& folder) {
    // The largest compiled zone is 3.5 KiB.
    constexpr std::size_t kLargest = std::size_t{64} << 10U;
    fs::path path = folder;
    for (const std::string_view part : text::split(name, '/')) {
        const std::optional<fs::path> found = is_name(part) ? find_entry(path, part) : std::nullopt;
        if (!found) return std::nullopt;
        path = *found;
    }
    std::error_code error;
    if (fs::is_directory(path, error)) return std::nullopt;
    TRY_ASSIGN(const std::optional<std::string> content, read_file(path.string(), kLargest));
    if (!content) return std::nullopt;
    Result<text::TimeZone> zone = text::TimeZone::parse(*content);
    if (!zone) {
        return text::fail(zone.error().what, fmt::format("{}: {}", path.string(), zone.error().why),
                          zone.error().fix);
    }
    return *std::move(zone);
}

}  // namespace pr_image::process
