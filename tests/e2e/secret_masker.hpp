#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::e2e {

/// Hides secrets in a log as GitHub's runner does: each value, and the forms it takes in base64 (at any
/// alignment), JSON and URLs (actions/runner, `DTLogging/Logging/SecretMasker.cs`, `ValueEncoders.cs`).
class SecretMasker {
  public:
    /// Takes a value as `::add-mask::` gives it; each line of it becomes a secret too. An empty value is
    /// ignored.
    void add(std::string_view value);

    /// Gives `text` with each secret, and each run of overlapping secrets, as `***`.
    [[nodiscard]] std::string mask(std::string_view text) const;

    /// The values as they were added, in their order.
    [[nodiscard]] const std::vector<std::string>& values() const { return values_; }

  private:
    void add_forms(const std::string& value);

    std::vector<std::string> values_;
    std::set<std::string> forms_;
};

}  // namespace pr_image::e2e
