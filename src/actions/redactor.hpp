#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// Keeps registered secrets out of what this program prints itself. The runner
/// masks too, but only what it was told before the line arrived, and not
/// outside Actions.
class Redactor {
  public:
    /// Takes a secret; gives the forms of it (text::secret_forms) that were not
    /// known before, each of which must be masked.
    std::vector<std::string> add(std::string_view secret);

    /// Gives `text` with every occurrence of every form replaced by `***`;
    /// overlapping ones become one.
    [[nodiscard]] std::string redact(std::string_view text) const;

  private:
    std::vector<std::string> forms_;
};

}  // namespace pr_image::actions
