#include "commands/cleanup/manifest_cache.hpp"

#include "text/number.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace pr_image::commands::cleanup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestEntry = 8 * 1024 * 1024;
constexpr std::size_t kLongestHeader = 512;

std::string header(const Digest& digest, std::size_t size, std::string_view media_type) {
    return fmt::format("{} {} {}\n", digest.string(), size, media_type);
}

std::unexpected<Error> unusable(const std::string& path, std::string why) {
    return text::fail("Invalid input 'cleanup-cache'", fmt::format("{}: {}", text::printable(path), why),
                      "Name a file inside the workspace; it need not exist.");
}

}  // namespace

Result<ManifestCache> ManifestCache::open(const WorkspacePath& file) {
    const std::string& path = file.string();
    std::error_code failed;
    ManifestCache cache;
    cache.path_ = path;
    if (fs::exists(path, failed)) {
        cache.old_.open(path, std::ios::binary);
        if (!cache.old_) return unusable(path, "it cannot be read");
        cache.index();
    }
    fs::create_directories(fs::path(path).parent_path(), failed);
    const std::string additions = path + ".new";
    fs::remove(additions, failed);
    cache.added_.open(additions, std::ios::binary | std::ios::in | std::ios::out | std::ios::trunc);
    if (!cache.added_) return unusable(path, "the folder cannot be written");
    return cache;
}

void ManifestCache::index() {
    std::string line;
    while (std::getline(old_, line)) {
        const std::size_t first = line.find(' ');
        const std::size_t second = first == std::string::npos ? first : line.find(' ', first + 1);
        if (second == std::string::npos || line.size() > kLongestHeader) return;
        Result<Digest> digest = Digest::parse(line.substr(0, first));
        const std::optional<std::size_t> size =
            text::parse_number<std::size_t>(std::string_view(line).substr(first + 1, second - first - 1));
        if (!digest || !size || *size > kLargestEntry) return;
        const std::streamoff at = old_.tellg();
        old_.seekg(static_cast<std::streamoff>(*size) + 1, std::ios::cur);
        if (!old_) return;
        places_.insert_or_assign(*std::move(digest), Place{at, *size, line.substr(second + 1), false});
    }
}

std::optional<ManifestCache::Entry> ManifestCache::read(const Digest& digest, const Place& place) {
    std::istream& file = place.added ? static_cast<std::istream&>(added_) : old_;
    file.clear();
    file.seekg(place.at);
    Entry entry{.media_type = place.media_type, .bytes = std::string(place.size, '\0')};
    file.read(entry.bytes.data(), static_cast<std::streamsize>(place.size));
    if (!file || text::sha256(entry.bytes) != digest) return std::nullopt;
    return entry;
}

std::optional<ManifestCache::Entry> ManifestCache::find(const Digest& digest) {
    const auto place = places_.find(digest);
    return place == places_.end() ? std::nullopt : read(digest, place->second);
}

void ManifestCache::add(const Digest& digest, const Entry& entry) {
    if (path_.empty() || entry.bytes.size() > kLargestEntry || entry.media_type.contains('\n')) return;
    added_.clear();
    added_.seekp(0, std::ios::end);
    const std::string line = header(digest, entry.bytes.size(), entry.media_type);
    const std::streamoff at =
        static_cast<std::streamoff>(added_.tellp()) + static_cast<std::streamoff>(line.size());
    added_ << line << entry.bytes << '\n';
    if (added_) places_.insert_or_assign(digest, Place{at, entry.bytes.size(), entry.media_type, true});
}

Result<void> ManifestCache::save(const std::function<bool(const Digest&)>& wanted) {
    if (path_.empty()) return {};
    const std::string next = path_ + ".tmp";
    std::error_code failed;
    fs::remove(next, failed);
    std::ofstream file(next, std::ios::binary | std::ios::trunc);
    for (const auto& [digest, place] : places_) {
        if (!wanted(digest)) continue;
        const std::optional<Entry> entry = read(digest, place);
        if (entry) file << header(digest, entry->bytes.size(), entry->media_type) << entry->bytes << '\n';
    }
    file.close();
    const bool written = file.good();
    if (written) fs::rename(next, path_, failed);
    std::error_code ignored;
    fs::remove(path_ + ".new", ignored);
    if (!written || failed) {
        fs::remove(next, ignored);
        return text::fail("The clean-up's cache was not written",
                          fmt::format("{} cannot be written", text::printable(path_)),
                          "The next run reads everything again; nothing else is lost.");
    }
    return {};
}

}  // namespace pr_image::commands::cleanup
