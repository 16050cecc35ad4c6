#include "text/regex.hpp"

#include "text/javascript_pattern.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace pr_image::text {

namespace {

/// Far more than any tag needs, and over within a few hundredths of a second.
constexpr std::uint32_t kMostSteps = 1'000'000;
constexpr std::uint32_t kMostMemoryKiB = 4096;
constexpr std::size_t kLongestPattern = 4096;

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

std::string message(int code) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(code, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

Result<std::uint32_t> compile_options(std::string_view flags) {
    // \d and \w stay ASCII, as in JavaScript; \p{…} does not depend on this.
    std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
                            PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
    std::string seen;
    for (const char flag : flags) {
        if (!std::string_view("dgimsuvy").contains(flag) || seen.contains(flag)) {
            return fail("Invalid regular expression",
                        fmt::format("'{}' are not JavaScript's flags", printable(flags)),
                        "Use each of d g i m s u v y at most once.");
        }
        seen += flag;
        if (flag == 'i') options |= PCRE2_CASELESS;
        if (flag == 'm') options |= PCRE2_MULTILINE;
        if (flag == 'y') options |= PCRE2_ANCHORED;
    }
    return options;
}

}  // namespace

struct Regex::Code {
    explicit Code(pcre2_code* compiled_code) : compiled(compiled_code, &pcre2_code_free) {}
    std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> compiled;
};

Regex::Regex(std::shared_ptr<const Code> code, std::string pattern, bool global)
    : code_(std::move(code)), pattern_(std::move(pattern)), global_(global) {}

Result<Regex> Regex::compile(std::string_view pattern, std::string_view flags) {
    if (pattern.size() > kLongestPattern) {
        return fail("Invalid regular expression", "it is longer than 4096 characters");
    }
    TRY_ASSIGN(std::uint32_t options, compile_options(flags));
    TRY_ASSIGN(std::string translated, pcre_pattern(pattern, flags.contains('s')));
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                         options, &error, &offset, nullptr);
    if (compiled == nullptr) {
        return fail("Invalid regular expression",
                    fmt::format("'{}': {}", printable(pattern), message(error)));
    }
    return Regex(std::make_shared<const Code>(compiled), std::string(pattern), flags.contains('g'));
}

std::size_t Regex::groups() const {
    std::uint32_t count = 0;
    pcre2_pattern_info(code_->compiled.get(), PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

Result<std::optional<Regex::Match>> Regex::match(std::string_view subject) const {
    const MatchData data(pcre2_match_data_create_from_pattern(code_->compiled.get(), nullptr),
                         &pcre2_match_data_free);
    const MatchContext context(pcre2_match_context_create(nullptr), &pcre2_match_context_free);
    pcre2_set_match_limit(context.get(), kMostSteps);
    pcre2_set_heap_limit(context.get(), kMostMemoryKiB);

    Match found;
    PCRE2_SIZE from = 0;
    while (from <= subject.size()) {
        const int count = pcre2_match(code_->compiled.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()),
                                      subject.size(), from, 0, data.get(), context.get());
        if (count == PCRE2_ERROR_NOMATCH) break;
        if (count < 0) {
            return fail(
                "Regular expression gave up",
                fmt::format("'{}' on '{}': {}", printable(pattern_), printable(subject), message(count)),
                "Write it without one repetition inside another.");
        }
        const PCRE2_SIZE* const bounds = pcre2_get_ovector_pointer(data.get());
        const auto group = [&](std::size_t index) -> std::optional<std::string> {
            const PCRE2_SIZE begin = bounds[2 * index];
            const PCRE2_SIZE end = bounds[2 * index + 1];
            if (begin == PCRE2_UNSET) return std::nullopt;
            // A look-behind with \K-like tricks cannot happen here, but a reversed pair must not crash.
            return std::string(subject.substr(begin, end < begin ? 0 : end - begin));
        };
        if (!global_) {
            for (std::size_t index = 0; index <= groups(); ++index)
                found.push_back(group(index));
            return found;
        }
        found.push_back(group(0));
        from = bounds[1] > bounds[0] ? bounds[1] : bounds[1] + 1;
    }
    if (found.empty()) return std::nullopt;
    return found;
}

}  // namespace pr_image::text
