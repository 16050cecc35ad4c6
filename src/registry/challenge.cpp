#include "registry/challenge.hpp"

#include "text/json.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace pr_image::registry {

namespace {

constexpr std::size_t kLongestHeader = 8 * 1024;
constexpr std::size_t kMostParameters = 32;
constexpr std::size_t kLongestToken = 16 * 1024;  // GHCR's have 100 characters, Azure's some thousand

class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    void skip(std::string_view characters) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
    }

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view token() {
        const auto is_token = [](char c) {
            return text::is_word(c) || std::string_view("!#$%&'*+-.^`|~").contains(c);
        };
        const auto end = std::ranges::find_if_not(rest_, is_token);
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::optional<std::string> quoted() {
        std::string value;
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') return value;
            if (c == '\\') {
                if (rest_.empty()) return std::nullopt;
                value += rest_.front();
                rest_.remove_prefix(1);
            } else {
                value += c;
            }
        }
        return std::nullopt;
    }

  private:
    std::string_view rest_;
};

}  // namespace

std::string Challenge::parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view value) {
    std::vector<Challenge> challenges;
    if (value.size() > kLongestHeader) return challenges;
    Reader reader(value);
    std::size_t parameters = 0;
    while (true) {
        reader.skip(" \t,");
        const std::string_view name = reader.token();
        if (name.empty()) return challenges;
        reader.skip(" \t");
        // `name =` continues the challenge that is open; a name alone opens the next one.
        if (!reader.take('=')) {
            challenges.push_back({text::to_lower(name)});
            continue;
        }
        reader.skip(" \t");
        std::string parameter;
        if (reader.take('"')) {
            std::optional<std::string> quoted = reader.quoted();
            if (!quoted) return challenges;
            parameter = *std::move(quoted);
        } else {
            parameter = reader.token();
        }
        if (challenges.empty() || ++parameters > kMostParameters) return challenges;
        challenges.back().parameters.emplace(text::to_lower(name), std::move(parameter));
    }
}

Result<Token> parse_token(std::string_view json) {
    TRY_ASSIGN(const boost::json::value root, text::parse_json(json, "answer of the token service"));
    Token token{text::json_string(root, "token")};
    if (token.value.empty()) token.value = text::json_string(root, "access_token");
    const auto allowed = [](char c) { return text::is_word(c) || std::string_view("-.~+/=").contains(c); };
    if (token.value.empty() || token.value.size() > kLongestToken ||
        !std::ranges::all_of(token.value, allowed)) {
        return text::fail("Malformed answer of the token service", "it holds no usable token");
    }
    if (const auto seconds = text::json_number(root, "expires_in"); seconds && *seconds > 0) {
        token.lifetime = static_cast<int>(std::min<std::uint64_t>(*seconds, 24 * 3600));
    }
    return token;
}

}  // namespace pr_image::registry
