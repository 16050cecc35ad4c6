#include "plan/build/known_secrets.hpp"

#include "text/secret_forms.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace pr_image::plan {

namespace {

constexpr std::size_t kShortestForm = 4;
constexpr std::size_t kShortestPart = 8;

bool holds_word(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool begins = at == 0 || !text::is_word(text[at - 1]);
        const bool ends = end == text.size() || !text::is_word(text[end]);
        if (begins && ends) return true;
    }
    return false;
}

/// A URL's scheme that has user and password behind it.
bool takes_userinfo(std::string_view scheme) {
    constexpr std::array<std::string_view, 4> kSchemes{"http", "https", "git", "ssh"};
    const std::string lower = text::to_lower(scheme);
    const std::string_view last = std::string_view(lower).substr(lower.rfind('+') + 1);
    return std::ranges::find(kSchemes, last) != kSchemes.end();
}

}  // namespace

KnownSecrets::KnownSecrets(const CredentialInputs& credentials, const std::vector<BuildSecret>& secrets) {
    const auto add = [&](const Secret& secret) {
        std::ranges::copy_if(text::secret_forms(secret.reveal()), std::back_inserter(forms_),
                             [](const std::string& form) { return form.size() >= kShortestForm; });
    };
    add(credentials.token);
    add(credentials.git_token);
    for (const RegistryLogin& login : credentials.logins)
        add(login.password);
    for (const BuildSecret& secret : secrets)
        add(secret.value);
}

bool KnownSecrets::in(std::string_view text) const {
    return std::ranges::any_of(forms_, [&](const std::string& form) {
        return form.size() < kShortestPart ? holds_word(text, form) : text.contains(form);
    });
}

std::string without_userinfo(std::string_view address) {
    const std::size_t scheme = address.find("://");
    if (scheme == std::string_view::npos || !takes_userinfo(address.substr(0, scheme)))
        return std::string(address);
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(address.find_first_of("/?#", begin), address.size());
    const std::size_t at = address.substr(0, end).rfind('@');
    if (at == std::string_view::npos || at < begin) return std::string(address);
    std::string kept(address.substr(0, begin));
    if (text::to_lower(address.substr(0, scheme)).ends_with("ssh")) {
        const std::string_view userinfo = address.substr(begin, at - begin);
        kept.append(userinfo.substr(0, userinfo.find(':'))).append("@");
    }
    return kept.append(address.substr(at + 1));
}

}  // namespace pr_image::plan
