#include "docker/ignore_file.hpp"

#include "text/strings.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <optional>

namespace pr_image::docker {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxPattern = 4096;

/// Go's filepath.Clean, on a path that is not empty.
std::string clean(std::string_view path) {
    const bool rooted = path.starts_with('/');
    std::vector<std::string> kept;
    for (const std::string_view part : text::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == ".." && !kept.empty() && kept.back() != "..") {
            kept.pop_back();
        } else if (part != ".." || !rooted) {
            kept.emplace_back(part);
        }
    }
    std::string cleaned = (rooted ? "/" : "") + text::join(kept, "/");
    return cleaned.empty() ? "." : cleaned;
}

std::size_t character_length(std::string_view text) {
    return text::decode_utf8(text).length;
}

/// A `[…]` of a pattern, read as the regular expression that moby/patternmatcher makes of it.
struct CharacterClass {
    std::size_t length = 0;  ///< in the pattern
    bool matches = false;
};

std::optional<CharacterClass> match_class(std::string_view pattern, char32_t wanted) {
    std::size_t at = 1;
    const bool negated = at < pattern.size() && pattern[at] == '^';
    if (negated) ++at;
    CharacterClass found;
    const auto next = [&]() -> std::optional<char32_t> {
        if (at < pattern.size() && pattern[at] == '\\') ++at;
        if (at >= pattern.size()) return std::nullopt;
        const text::CodePoint point = text::decode_utf8(pattern.substr(at));
        at += point.length;
        return point.value;
    };
    bool first = true;
    while (at < pattern.size() && (first || pattern[at] != ']')) {
        first = false;
        const std::optional<char32_t> low = next();
        if (!low) return std::nullopt;
        std::optional<char32_t> high = low;
        if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            ++at;
            high = next();
            if (!high) return std::nullopt;
        }
        found.matches = found.matches || (*low <= wanted && wanted <= *high);
    }
    if (at >= pattern.size()) return std::nullopt;
    found.matches = found.matches != negated;
    found.length = at + 1;
    return found;
}

/// One pattern against one whole path. Both are short, and `left` bounds the work of `**` and `*` together.
bool matches(std::string_view pattern, std::string_view path, std::size_t& left) {
    while (!pattern.empty()) {
        if (left == 0) return false;
        --left;
        if (pattern.starts_with("**")) {
            pattern.remove_prefix(2);
            if (pattern.starts_with('/')) pattern.remove_prefix(1);
            if (pattern.empty()) return true;
            // Any number of folders, and none.
            for (std::size_t at = 0; at != std::string_view::npos;) {
                if (matches(pattern, path.substr(at), left)) return true;
                const std::size_t slash = path.find('/', at);
                at = slash == std::string_view::npos ? slash : slash + 1;
            }
            return false;
        }
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            for (std::size_t at = 0;; ++at) {
                if (matches(pattern, path.substr(at), left)) return true;
                if (at >= path.size() || path[at] == '/') return false;
            }
        }
        if (path.empty()) return false;
        const std::size_t length = character_length(path);
        if (pattern.front() == '?') {
            if (path.front() == '/') return false;
            pattern.remove_prefix(1);
        } else if (pattern.front() == '[') {
            const std::optional<CharacterClass> found = match_class(pattern, text::decode_utf8(path).value);
            if (!found || !found->matches) return false;
            pattern.remove_prefix(found->length);
        } else {
            if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
            if (!pattern.starts_with(path.substr(0, length))) return false;
            pattern.remove_prefix(length);
        }
        path.remove_prefix(length);
    }
    return path.empty();
}

bool pattern_matches(std::string_view pattern, std::string_view path) {
    // `**NAME` is everything that ends so: moby/patternmatcher compares the end of the text there.
    const std::string_view rest = pattern.substr(std::min<std::size_t>(2, pattern.size()));
    if (pattern.starts_with("**") && rest.find_first_of("*?[]\\") == std::string_view::npos) {
        return path.ends_with(rest) || (rest.starts_with('/') && path == rest.substr(1));
    }
    std::size_t left = 100'000;
    return matches(pattern, path, left);
}

}  // namespace

IgnoreFile IgnoreFile::parse(std::string_view content) {
    IgnoreFile file;
    if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
    for (std::string_view line : text::split(content, '\n')) {
        if (line.starts_with('#')) continue;
        line = text::trim(line);
        Pattern pattern;
        if (line.starts_with('!')) {
            pattern.brings_back = true;
            line = text::trim(line.substr(1));
        }
        if (line.empty() || line.size() > kMaxPattern) continue;
        pattern.text = clean(line);
        if (pattern.text.size() > 1 && pattern.text.front() == '/') pattern.text.erase(0, 1);
        file.patterns_.push_back(std::move(pattern));
    }
    return file;
}

bool IgnoreFile::leaves_out(std::string_view path) const {
    std::vector<bool> above(patterns_.size(), false);  // which patterns matched the folder above
    bool left_out = false;
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
        const std::string_view part = path.substr(0, end);
        left_out = false;
        for (std::size_t i = 0; i < patterns_.size(); ++i) {
            const Pattern& pattern = patterns_[i];
            bool match = above[i];
            // A pattern that could change nothing is not tried, and counts as one that did not match below.
            if (!match && pattern.brings_back == left_out) match = pattern_matches(pattern.text, part);
            above[i] = match;
            if (match) left_out = !pattern.brings_back;
        }
        if (end == std::string_view::npos) return left_out;
    }
}

}  // namespace pr_image::docker
