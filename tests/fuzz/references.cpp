#include "fuzz/fuzz.hpp"
#include "http/url.hpp"
#include "text/commit_sha.hpp"
#include "text/csv.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"
#include "text/reference.hpp"

#include <algorithm>

namespace pr_image::fuzz {

// Whatever a parse accepts is text that can go on a command line, into a URL or a log, and reads back as
// itself.
void try_input(std::string_view input) {
    const auto harmless = [](std::string_view text) {
        return !text.empty() && text.front() != '-' &&
               std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
    };
    if (const auto reference = Reference::parse(input)) {
        require(harmless(reference->string()));
        const auto again = Reference::parse(reference->string());
        require(again && *again == *reference);
    }
    if (const auto name = ImageName::parse(input)) {
        require(harmless(name->string()));
        const auto again = ImageName::parse(name->string());
        require(again && *again == *name);
        require(name->path().find("..") == std::string::npos);
    }
    if (const auto tag = Tag::parse(input)) require(harmless(tag->string()) && tag->string() == input);
    if (const auto digest = Digest::parse(input))
        require(harmless(digest->string()) && digest->string() == input);
    if (const auto sha = CommitSha::parse(input)) require(harmless(sha->string()));
    if (const auto number = PullRequestNumber::parse(input)) require(number->string() == input);
    if (const auto url = http::Url::parse(input)) require(harmless(url->string()));
    (void)text::csv_records(input);

    const std::string shown = text::printable(input);
    require(std::ranges::none_of(shown,
                                 [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
}

}  // namespace pr_image::fuzz
