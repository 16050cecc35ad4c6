#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// Keeps registered secrets out of what this program prints itself. The runner masks too, but only what it
/// was told before the line arrived, and not outside Actions.
class Redactor {
  public:
    /// Takes a secret; gives the forms of it that were not known before, each of which must be masked: the
    /// whole, every line of it that is long enough to mean something, and for both of them the base64 and
    /// base64url (wherever the secret starts within the encoded bytes, as in `user:secret`, and in lines of
    /// 64 or 76 characters), the percent and form encodings, and what stands in a JSON string. White space
    /// alone is no secret and gives nothing.
    std::vector<std::string> add(std::string_view secret);

    /// Gives `text` with every occurrence of every form replaced by `***`; overlapping ones become one.
    [[nodiscard]] std::string redact(std::string_view text) const;

  private:
    std::vector<std::string> forms_;
};

}  // namespace pr_image::actions
