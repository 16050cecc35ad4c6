#include "docker/failure_text.hpp"

#include "text/strings.hpp"

#include <algorithm>
#include <array>

namespace pr_image::docker {

namespace {

/// What `"` begins, to the end of the quotation as Go writes it; all of the rest when it has no end.
std::size_t end_of_quotation(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
    }
    return std::min(at + 1, text.size());
}

std::size_t end_of_word(std::string_view text, std::size_t at) {
    const std::size_t end = text.find_first_of(" \t\r\n", at);
    return end == std::string_view::npos ? text.size() : end;
}

}  // namespace

std::string own_words(std::string_view error) {
    constexpr std::array<std::string_view, 3> kBeforeNames{"failed to push ", "source metadata for ",
                                                           "resolve reference "};
    std::string words;
    for (std::size_t at = 0; at < error.size();) {
        const std::string_view rest = error.substr(at);
        const auto* before =
            std::ranges::find_if(kBeforeNames, [&](std::string_view name) { return rest.starts_with(name); });
        if (error[at] == '"') {
            at = end_of_quotation(error, at);
        } else if (rest.starts_with("http://") || rest.starts_with("https://")) {
            const std::size_t end = end_of_word(error, at);
            at = error[end - 1] == ':' ? end - 1 : end;
        } else if (before != kBeforeNames.end()) {
            words += *before;
            const std::size_t end = end_of_word(error, at + before->size());
            at = error[end - 1] == ':' ? end - 1 : end;
        } else {
            words += error[at++];
        }
    }
    return text::to_lower(words);
}

}  // namespace pr_image::docker
