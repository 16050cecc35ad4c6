#include "actions/git_secrets.hpp"

#include "text/strings.hpp"

#include <algorithm>
#include <array>

namespace pr_image::actions {
namespace {

bool contains_any(std::string_view text, auto&&... parts) {
    return (text.contains(parts) || ...);
}

/// Takes what is behind `scheme://`; gives the part before `@`, or nothing.
std::string_view user_part(std::string_view address) {
    const std::string_view authority = address.substr(0, address.find_first_of("/?# \t\r\n\"'"));
    const std::size_t at = authority.rfind('@');
    return at == std::string_view::npos ? std::string_view() : authority.substr(0, at);
}

/// Over HTTP a token is a user name as well as a password; `git` is what SSH addresses are written with.
bool is_secret(std::string_view scheme, std::string_view user) {
    if (user.empty()) return false;
    const std::size_t colon = user.find(':');
    if (colon != std::string_view::npos && colon + 1 < user.size()) return true;
    const bool over_http = scheme.ends_with("http") || scheme.ends_with("https") || scheme.ends_with("ftp") ||
                           scheme.ends_with("ftps");
    return over_http && user.substr(0, colon) != "git";
}

bool has_secret_address(std::string_view text) {
    constexpr std::string_view kMark = "://";
    for (std::size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at + 1)) {
        const std::string scheme = text::to_lower(text.substr(0, at));
        if (is_secret(scheme, user_part(text.substr(at + kMark.size())))) return true;
    }
    return false;
}

/// The forms of GitHub's own tokens.
bool has_token(std::string_view text) {
    constexpr std::array<std::string_view, 6> kPrefixes{"ghp_", "gho_", "ghu_",
                                                        "ghs_", "ghr_", "github_pat_"};
    constexpr std::size_t kShortest = 20;
    return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
        for (std::size_t at = text.find(prefix); at != std::string_view::npos;
             at = text.find(prefix, at + 1)) {
            const std::string_view rest = text.substr(at + prefix.size());
            const auto end = std::ranges::find_if_not(rest, text::is_word);
            if (static_cast<std::size_t>(end - rest.begin()) >= kShortest) return true;
        }
        return false;
    });
}

/// A helper of one line of shell that prints a password, unless it takes it from a variable.
bool prints_password(std::string_view helper) {
    constexpr std::string_view kField = "password=";
    for (std::size_t at = helper.find(kField); at != std::string_view::npos;
         at = helper.find(kField, at + 1)) {
        std::string_view rest = helper.substr(at + kField.size());
        rest.remove_prefix(std::min(rest.find_first_not_of("\"'\\"), rest.size()));
        if (!rest.empty() && rest.front() != '$' && rest.front() != ';' && rest.front() != '`') return true;
    }
    return false;
}

bool is_password_key(std::string_view key) {
    if (key == "askpass") return false;  // a program
    constexpr std::array<std::string_view, 5> kEndings{"pass", "password", "passwd", "token", "secret"};
    return std::ranges::any_of(kEndings, [&](std::string_view end) { return key.ends_with(end); });
}

/// The words of a credential helper's command line, without their quotes.
std::vector<std::string> words(std::string_view line) {
    std::vector<std::string> found;
    bool inside = false;
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        char c = line[i];
        if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) {
            inside = false;
            continue;
        }
        if (!inside) found.emplace_back();
        inside = true;
        if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
            continue;
        }
        if (c == quote) {
            quote = '\0';
            continue;
        }
        if (c == '\\' && quote != '\'' && i + 1 < line.size()) c = line[++i];
        found.back() += c;
    }
    return found;
}

std::vector<std::string> store_files(std::string_view helper) {
    constexpr std::string_view kFile = "--file";
    std::vector<std::string> files;
    const std::vector<std::string> command = words(helper);
    const bool store = std::ranges::any_of(
        command, [](const std::string& word) { return text::to_lower(word).ends_with("store"); });
    for (std::size_t i = 0; store && i < command.size(); ++i) {
        const std::string_view word = command[i];
        if (!word.starts_with(kFile)) continue;
        if (word.size() > kFile.size() + 1 && word[kFile.size()] == '=') {
            files.emplace_back(word.substr(kFile.size() + 1));
        } else if (word.size() == kFile.size() && i + 1 < command.size()) {
            files.push_back(command[i + 1]);
        }
    }
    return files;
}

}  // namespace

std::string_view to_string(GitSecret secret) {
    switch (secret) {
        case GitSecret::header:
            return "an HTTP header for git's requests";
        case GitSecret::address:
            return "an address with a user name or password";
        case GitSecret::helper:
            return "a credential helper that prints a password";
        case GitSecret::password:
            return "a password, key or token";
        case GitSecret::none:
            break;
    }
    return "nothing";
}

GitSecret secret_of(const GitVariable& variable) {
    if (has_secret_address(variable.name)) return GitSecret::address;
    const std::string_view value = variable.value ? std::string_view(*variable.value) : std::string_view();
    if (value.empty()) return GitSecret::none;
    const std::string_view key = variable.key();
    if (key == "extraheader" || text::to_lower(value).contains("authorization:")) return GitSecret::header;
    if (has_secret_address(value)) return GitSecret::address;
    // A proxy may be written without its scheme.
    if (key.ends_with("proxy") && !value.contains("://") && !user_part(value).empty())
        return GitSecret::address;
    if (key == "helper" && prints_password(value)) return GitSecret::helper;
    if (is_password_key(key) || has_token(value)) return GitSecret::password;
    return GitSecret::none;
}

GitSecret secret_of_store(std::string_view content) {
    return has_secret_address(content) ? GitSecret::address : GitSecret::none;
}

GitSecret secret_of_netrc(std::string_view content) {
    return contains_any(text::to_lower(content), "password", "passwd", "account") ? GitSecret::password
                                                                                  : GitSecret::none;
}

std::vector<GitReference> references_of(const GitVariable& variable) {
    using Kind = GitReference::Kind;
    if (!variable.value || variable.value->empty()) return {};
    const std::string& value = *variable.value;
    const std::string_view section = variable.section();
    const std::string_view key = variable.key();
    if (key == "path" && (section == "include" || section == "includeif"))
        return {{Kind::configuration, value}};
    if (key == "cookiefile" || key == "sslkey" || key == "proxysslkey") return {{Kind::secret, value}};
    std::vector<GitReference> files;
    if (key == "helper") {
        for (std::string& file : store_files(value))
            files.push_back({Kind::store, std::move(file)});
    }
    return files;
}

}  // namespace pr_image::actions
