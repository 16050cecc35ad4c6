#pragma once

#include "plan/inputs.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// Finds the secrets that this step was given in text that is about to be
/// handed to a build: the GitHub tokens, the registries' passwords and the
/// values of build secrets.
class KnownSecrets {
  public:
    KnownSecrets(const CredentialInputs& credentials, const std::vector<BuildSecret>& secrets);

    /// True where `text` holds one of them in any of its forms
    /// (text::secret_forms). A form of fewer than eight characters has to stand
    /// as a word of its own, and one of fewer than four counts for nothing: it
    /// would be found by chance.
    [[nodiscard]] bool in(std::string_view text) const;

  private:
    std::vector<std::string> forms_;
};

}  // namespace pr_image::plan
