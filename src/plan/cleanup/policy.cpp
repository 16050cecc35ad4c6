#include "plan/cleanup/policy.hpp"

#include "plan/names/tag_grammar.hpp"
#include "text/glob.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

/// A character of tags that the glob does not mention, so that only its wildcards can match it.
char stranger(std::string_view glob, std::string_view alphabet) {
    const std::size_t at = alphabet.find_first_not_of(glob);
    return at == std::string_view::npos ? alphabet.back() : alphabet[at];
}

bool covers_pull_requests(std::string_view glob) {
    const char digit = stranger(glob, "123456789");
    const char letter = stranger(glob, "zyxwvutsrqponmlkjihgfedcba");
    return std::ranges::all_of(std::array<std::size_t, 3>{1, 4, 9}, [&](std::size_t digits) {
        return std::ranges::all_of(std::array<std::size_t, 4>{1, 7, 40, 100}, [&](std::size_t letters) {
            const Result<PullRequestNumber> number = PullRequestNumber::parse(std::string(digits, digit));
            return number && text::glob_match(glob, pull_request_tag(*number, std::string(letters, letter)));
        });
    });
}

}  // namespace

std::vector<std::string> default_protected_tags(std::string_view default_branch) {
    std::vector<std::string> globs{"latest", "v*", "*.*.*", "master*", "main*", commit_tag("*")};
    if (std::string name = sanitise_ref(default_branch); !name.empty()) globs.push_back(std::move(name));
    return globs;
}

Result<void> check_protected_tags(const std::vector<std::string>& globs) {
    TRY(check_tag_globs(globs));
    const auto found = std::ranges::find_if(globs, covers_pull_requests);
    if (found == globs.end()) return {};
    return text::fail(
        "Invalid input 'protected-tags'",
        fmt::format("'{}' protects every tag of every pull request, so nothing could ever be removed",
                    text::printable(*found)),
        "Protect releases, such as v*. Tags that are not of a pull request or an old branch stay anyway.");
}

}  // namespace pr_image::plan::cleanup
