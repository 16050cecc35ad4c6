#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// The process's environment as a value: captured once, then passed to whoever needs it, so that nothing
/// further down asks the process itself.
class Environment {
  public:
    using Variables = std::map<std::string, std::string, std::less<>>;

    Environment() = default;
    explicit Environment(Variables variables) : variables_(std::move(variables)) {}

    /// Takes `main`'s third argument: `NAME=value` strings up to a null pointer. The first of two entries
    /// with one name wins, as `getenv` has it; entries without `=` or without a name are left out.
    static Environment capture(const char* const* entries);

    /// Gives the variable's value. The runner sets what it does not have to the empty string
    /// (`GITHUB_HEAD_REF` outside pull requests), so empty and unset are both "not there".
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;

    /// Gives the variable's value, or `fallback` when it is unset or empty.
    [[nodiscard]] std::string value(std::string_view name, std::string_view fallback = {}) const;

    /// True when the program was started by an Actions runner, which then reads its standard output.
    [[nodiscard]] bool in_actions() const;

    /// Gives those of `names` that are there as `NAME=value`, in the order asked for.
    [[nodiscard]] std::vector<std::string> pick(const std::vector<std::string_view>& names) const;

    [[nodiscard]] const Variables& variables() const { return variables_; }

  private:
    Variables variables_;
};

}  // namespace pr_image::actions
