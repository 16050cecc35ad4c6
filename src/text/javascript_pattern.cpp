#include "text/javascript_pattern.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace pr_image::text {

namespace {

/// The white space that PCRE2's \s lacks: no-break space, byte order mark, line and paragraph separators.
constexpr std::string_view kMoreSpaces = R"(\x{a0}\x{feff}\x{2028}\x{2029}\p{Zs})";

/// PCRE2 knows general categories by their short names only.
constexpr std::array<std::pair<std::string_view, std::string_view>, 38> kCategories{
    {{"Letter", "L"},
     {"Cased_Letter", "L&"},
     {"LC", "L&"},
     {"Uppercase_Letter", "Lu"},
     {"Lowercase_Letter", "Ll"},
     {"Titlecase_Letter", "Lt"},
     {"Modifier_Letter", "Lm"},
     {"Other_Letter", "Lo"},
     {"Mark", "M"},
     {"Combining_Mark", "M"},
     {"Nonspacing_Mark", "Mn"},
     {"Spacing_Mark", "Mc"},
     {"Enclosing_Mark", "Me"},
     {"Number", "N"},
     {"Decimal_Number", "Nd"},
     {"digit", "Nd"},
     {"Letter_Number", "Nl"},
     {"Other_Number", "No"},
     {"Punctuation", "P"},
     {"punct", "P"},
     {"Connector_Punctuation", "Pc"},
     {"Dash_Punctuation", "Pd"},
     {"Open_Punctuation", "Ps"},
     {"Close_Punctuation", "Pe"},
     {"Initial_Punctuation", "Pi"},
     {"Final_Punctuation", "Pf"},
     {"Other_Punctuation", "Po"},
     {"Symbol", "S"},
     {"Math_Symbol", "Sm"},
     {"Currency_Symbol", "Sc"},
     {"Modifier_Symbol", "Sk"},
     {"Other_Symbol", "So"},
     {"Separator", "Z"},
     {"Space_Separator", "Zs"},
     {"Line_Separator", "Zl"},
     {"Paragraph_Separator", "Zp"},
     {"Other", "C"},
     {"Control", "Cc"}}};

class Translator {
  public:
    Translator(std::string_view pattern, bool dot_matches_all)
        : pattern_(pattern), dot_matches_all_(dot_matches_all) {}

    Result<std::string> run() {
        count_groups();
        while (!done() && !error_)
            term();
        if (error_) return std::unexpected(*error_);
        return out_;
    }

  private:
    [[nodiscard]] bool done() const { return at_ >= pattern_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
    }
    [[nodiscard]] std::string_view rest() const { return pattern_.substr(at_); }

    void refuse(std::string why, std::string fix = {}) {
        if (!error_) {
            error_ = Error{"Invalid regular expression",
                           fmt::format("{} at character {} of '{}'", why, at_ + 1, printable(pattern_)),
                           std::move(fix)};
        }
        at_ = pattern_.size();
    }

    /// Back-references need to know which groups there are before the groups are reached.
    void count_groups() {
        bool in_class = false;
        for (std::size_t i = 0; i < pattern_.size(); ++i) {
            if (pattern_[i] == '\\') {
                ++i;
            } else if (in_class) {
                in_class = pattern_[i] != ']';
            } else if (pattern_[i] == '[') {
                in_class = true;
            } else if (pattern_[i] == '(') {
                const std::string_view after = pattern_.substr(i + 1);
                const bool named =
                    after.starts_with("?<") && !after.starts_with("?<=") && !after.starts_with("?<!");
                if (named || !after.starts_with('?')) ++groups_;
                named_groups_ = named_groups_ || named;
            }
        }
    }

    void term() {
        bool repeatable = true;
        switch (const char c = peek()) {
            case '\\':
                escape(false);
                break;
            case '[':
                character_class();
                break;
            case '(':
                group();
                return;
            case '.':
                out_ += dot_matches_all_ ? R"([\s\S])" : R"([^\n\r\x{2028}\x{2029}])";
                ++at_;
                break;
            case '*':
            case '+':
            case '?':
                refuse("there is nothing to repeat");
                return;
            case '{':
                if (quantifier_length() != 0) {
                    refuse("there is nothing to repeat");
                    return;
                }
                [[fallthrough]];
            case '}':
            case ']':
                out_ += '\\';
                out_ += c;
                ++at_;
                break;
            case '^':
            case '$':
            case '|':
                repeatable = false;
                out_ += c;
                ++at_;
                break;
            case ')':
                out_ += c;
                ++at_;
                if (!look_behinds_.empty()) {
                    const bool look_behind = look_behinds_.back();
                    look_behinds_.pop_back();
                    if (look_behind) return;
                }
                break;
            default:
                out_ += c;
                ++at_;
                // The bytes of one character are repeated together.
                while (!done() && (static_cast<unsigned char>(peek()) & 0xC0U) == 0x80U)
                    out_ += pattern_[at_++];
                break;
        }
        if (repeatable) quantifier();
    }

    /// Gives the length of the `{n}`, `{n,}` or `{n,m}` at this place, or 0: any other brace is itself.
    [[nodiscard]] std::size_t quantifier_length() const {
        const std::string_view text = rest();
        if (!text.starts_with('{')) return 0;
        const std::size_t close = text.find('}');
        if (close == std::string_view::npos) return 0;
        const std::vector<std::string_view> bounds = split(text.substr(1, close - 1), ',');
        const auto number = [](std::string_view digits) {
            return !digits.empty() && std::ranges::all_of(digits, is_digit);
        };
        const bool shaped =
            number(bounds[0]) &&
            (bounds.size() == 1 || (bounds.size() == 2 && (bounds[1].empty() || number(bounds[1]))));
        return shaped ? close + 1 : 0;
    }

    void quantifier() {
        std::size_t length = quantifier_length();
        if (length == 0 && (peek() == '*' || peek() == '+' || peek() == '?')) length = 1;
        if (length == 0) return;
        out_ += rest().substr(0, length);
        at_ += length;
        if (peek() == '?') {
            out_ += '?';
            ++at_;
        }
        const bool again = peek() == '*' || peek() == '+' || peek() == '?' || quantifier_length() != 0;
        if (again) refuse("there is nothing to repeat");
    }

    void group() {
        const std::string_view text = rest();
        for (const std::string_view opening : {"(?:", "(?=", "(?!", "(?<=", "(?<!"}) {
            if (text.starts_with(opening)) {
                out_ += opening;
                at_ += opening.size();
                look_behinds_.push_back(opening.starts_with("(?<"));
                return;
            }
        }
        if (text.starts_with("(?<")) {
            const std::size_t close = text.find('>');
            const std::string_view name = text.substr(3, close == std::string_view::npos ? 0 : close - 3);
            if (name.empty() || is_digit(name.front()) || !std::ranges::all_of(name, is_word)) {
                refuse("a group's name is not of letters, digits and '_'");
                return;
            }
            out_ += text.substr(0, close + 1);
            at_ += close + 1;
            look_behinds_.push_back(false);
            return;
        }
        if (text.starts_with("(?")) {
            const std::size_t colon = std::min(text.find_first_not_of("ims-", 2), text.size());
            if (colon == 2 || colon == text.size() || text[colon] != ':') {
                refuse("'(?' starts no group that JavaScript knows");
                return;
            }
            out_ += text.substr(0, colon + 1);
            at_ += colon + 1;
            look_behinds_.push_back(false);
            return;
        }
        if (text.starts_with("(*")) {
            ++at_;
            refuse("there is nothing to repeat");
            return;
        }
        out_ += '(';
        ++at_;
        look_behinds_.push_back(false);
    }

    void literal(char32_t code_point) {
        out_ += fmt::format("\\x{{{:x}}}", static_cast<unsigned>(code_point));
    }

    /// Takes `count` hex digits at `offset` from this place.
    [[nodiscard]] std::optional<char32_t> hex(std::size_t offset, std::size_t count) const {
        const std::string_view digits = pattern_.substr(std::min(at_ + offset, pattern_.size()), count);
        if (digits.size() != count || count == 0 || count > 6 || !std::ranges::all_of(digits, is_hex_digit)) {
            return std::nullopt;
        }
        return static_cast<char32_t>(*parse_number<std::uint32_t>(digits, 0, 0xffffff, 16));
    }

    /// Reads `\uHHHH`, a surrogate pair of them, or `\u{H…}`.
    void unicode_escape() {
        if (peek(2) == '{') {
            const std::size_t close = rest().find('}');
            const std::optional<char32_t> value =
                close == std::string_view::npos ? std::nullopt : hex(3, close - 3);
            if (!value || *value > 0x10FFFF || (*value >= 0xD800 && *value <= 0xDFFF)) {
                refuse("\\u{…} names no character");
                return;
            }
            literal(*value);
            at_ += close + 1;
            return;
        }
        const std::optional<char32_t> first = hex(2, 4);
        if (!first) {
            out_ += 'u';
            at_ += 2;
            return;
        }
        const bool high = *first >= 0xD800 && *first <= 0xDBFF;
        const std::optional<char32_t> second =
            high && peek(6) == '\\' && peek(7) == 'u' ? hex(8, 4) : std::nullopt;
        if (second && *second >= 0xDC00 && *second <= 0xDFFF) {
            literal(0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00));
            at_ += 12;
            return;
        }
        if (*first >= 0xD800 && *first <= 0xDFFF) {
            refuse("half of a surrogate pair is no character");
            return;
        }
        literal(*first);
        at_ += 6;
    }

    void property_escape() {
        const std::size_t close = rest().find('}');
        if (peek(2) != '{' || close == std::string_view::npos) {
            out_ += peek(1);
            at_ += 2;
            return;
        }
        std::string_view name = rest().substr(3, close - 3);
        std::string prefix;
        if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
            const std::string_view kind = name.substr(0, equals);
            if (kind == "Script" || kind == "sc") {
                prefix = "sc:";
            } else if (kind == "Script_Extensions" || kind == "scx") {
                prefix = "scx:";
            } else if (kind != "General_Category" && kind != "gc") {
                refuse("the Unicode property is not known");
                return;
            }
            name.remove_prefix(equals + 1);
        }
        const auto category =
            std::ranges::find(kCategories, name, &std::pair<std::string_view, std::string_view>::first);
        const std::string_view known =
            prefix.empty() && category != kCategories.end() ? category->second : name;
        if (known != "L&" && !std::ranges::all_of(known, is_word)) {
            refuse("the Unicode property is not known");
            return;
        }
        out_ += fmt::format("\\{}{{{}{}}}", peek(1), prefix, known);
        at_ += close + 1;
    }

    void back_reference() {
        const std::size_t digits =
            std::min(rest().substr(1).find_first_not_of("0123456789"), rest().size() - 1);
        const std::string number(rest().substr(1, digits));
        if (number.size() > 4 || !parse_number<std::size_t>(number, 0, groups_)) {
            refuse(fmt::format("\\{} refers to no group", number));
            return;
        }
        out_ += fmt::format("\\g{{{}}}", number);
        at_ += 1 + digits;
    }

    void escape(bool in_class) {
        const char c = peek(1);
        if (at_ + 1 >= pattern_.size()) {
            refuse("a backslash escapes nothing");
            return;
        }
        switch (c) {
            case 'd':
            case 'D':
            case 'w':
            case 'W':
            case 't':
            case 'n':
            case 'f':
            case 'r':
                out_ += rest().substr(0, 2);
                break;
            case 's':
                out_ += in_class ? fmt::format("\\s{}", kMoreSpaces) : fmt::format("[\\s{}]", kMoreSpaces);
                break;
            case 'S':
                out_ += in_class ? "\\S" : fmt::format("[^\\s{}]", kMoreSpaces);
                break;
            case 'v':
                literal(0x0B);
                break;
            case 'b':
                if (in_class) {
                    literal(0x08);
                } else {
                    out_ += "\\b";
                }
                break;
            case 'B':
                out_ += in_class ? "B" : "\\B";
                break;
            case '0':
                literal(0);
                break;
            case 'x':
                if (const std::optional<char32_t> value = hex(2, 2)) {
                    literal(*value);
                    at_ += 2;
                } else {
                    out_ += 'x';
                }
                break;
            case 'u':
                unicode_escape();
                return;
            case 'p':
            case 'P':
                property_escape();
                return;
            case 'k':
                if (named_groups_ && !in_class) {
                    const std::size_t close = rest().find('>');
                    if (peek(2) != '<' || close == std::string_view::npos ||
                        !std::ranges::all_of(rest().substr(3, close - 3), is_word)) {
                        refuse("\\k names no group");
                        return;
                    }
                    out_ += rest().substr(0, close + 1);
                    at_ += close + 1;
                    return;
                }
                out_ += 'k';
                break;
            case 'c':
                if (is_word(peek(2)) && !is_digit(peek(2)) && peek(2) != '_') {
                    literal(static_cast<char32_t>(static_cast<unsigned char>(peek(2)) % 32));
                    at_ += 1;
                } else {
                    out_ += R"(\\)";
                    at_ -= 1;
                }
                break;
            default:
                if (is_digit(c) && !in_class) {
                    back_reference();
                    return;
                }
                // Every other escaped character is itself, also where PCRE2 gives the letter a meaning.
                if (!is_word(c) && static_cast<unsigned char>(c) < 0x80U) out_ += '\\';
                out_ += c;
                break;
        }
        at_ += 2;
    }

    void character_class() {
        const std::size_t opened = at_;
        const bool negated = peek(1) == '^';
        at_ += negated ? 2 : 1;
        if (peek() == ']') {
            ++at_;
            out_ += negated ? R"([\s\S])" : "(?!)";
            return;
        }
        out_ += negated ? "[^" : "[";
        bool after_set = false;
        while (!error_) {
            if (done()) {
                at_ = opened;
                refuse("a class is not closed", "Add the missing ].");
                return;
            }
            const char c = peek();
            if (c == ']') break;
            if (c == '\\') {
                after_set = std::string_view("dDwWsSpP").contains(peek(1));
                escape(true);
                continue;
            }
            const bool before_set =
                peek(1) == '\\' && std::string_view("dDwWsSpP").contains(peek(2)) && peek(2) != '\0';
            // A dash next to a set is itself: PCRE2 would refuse the range.
            if (c == '[' || (c == '-' && (after_set || before_set))) out_ += '\\';
            out_ += c;
            after_set = false;
            ++at_;
        }
        if (error_) return;
        ++at_;
        out_ += ']';
    }

    std::string_view pattern_;
    bool dot_matches_all_;
    std::size_t at_ = 0;
    std::size_t groups_ = 0;
    bool named_groups_ = false;
    std::vector<bool> look_behinds_;  ///< for each open group: is it one? Nothing may repeat a look-behind.
    std::string out_;
    std::optional<Error> error_;
};

}  // namespace

Result<std::string> pcre_pattern(std::string_view pattern, bool dot_matches_all) {
    if (!is_utf8(pattern)) {
        return fail("Invalid regular expression", fmt::format("'{}' is not UTF-8", printable(pattern)));
    }
    return Translator(pattern, dot_matches_all).run();
}

}  // namespace pr_image::text
