#include "plan/build/known_secrets.hpp"

#include "text/secret_forms.hpp"
#include "text/strings.hpp"

#include <algorithm>
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

}  // namespace pr_image::plan
