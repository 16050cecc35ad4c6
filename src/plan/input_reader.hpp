#pragma once

#include "plan/inputs.hpp"
#include "text/csv.hpp"
#include "text/workspace_path.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::plan {

/// Splits `key=value`; the key, which is trimmed, must be there, on one line.
std::optional<std::pair<std::string, std::string>> key_value(std::string_view entry);

/// Reads typed values out of the raw inputs. The first thing that is wrong is kept as the error, and reading
/// goes on with defaults, so that the caller checks once at the end.
class InputReader {
  public:
    InputReader(const InputMap& raw, const PathOpener& paths) : raw_(raw), paths_(paths) {}

    /// The trimmed value, or `otherwise` when it is absent or blank.
    [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise = {}) const;
    /// A boolean of YAML 1.2's core schema (true, True, TRUE, …).
    bool boolean(std::string_view name, bool otherwise);
    /// The value as the runner passed it; "" when it is absent.
    [[nodiscard]] std::string_view raw(std::string_view name) const;
    /// The entries of a list input.
    std::vector<std::string> list(std::string_view name, text::Commas commas, text::ListSyntax syntax = {});
    /// An entry of a list input as key and value, or nothing after noting what is wrong with it.
    std::optional<std::pair<std::string, std::string>> key_value(std::string_view name,
                                                                 std::string_view entry);
    /// One of `choices` by its name; the first is the default.
    template <typename T, std::size_t N>
    T choice(std::string_view name, const std::array<std::pair<std::string_view, T>, N>& choices) {
        const std::string given = text(name, choices.front().first);
        std::string names;
        for (const auto& [choice_name, value] : choices) {
            if (given == choice_name) return value;
            names += fmt::format("{}{}", names.empty() ? "" : ", ", choice_name);
        }
        refuse(name, fmt::format("'{}' is not known", text::printable(given)),
               fmt::format("Use one of: {}.", names));
        return choices.front().second;
    }

    /// Opens a path that an input names, or gives nothing after noting what is wrong with it.
    std::optional<WorkspacePath> path(std::string_view name, std::string_view written, PathUse use);
    [[nodiscard]] const PathOpener& paths() const { return paths_; }

    /// Takes a parse's result; gives its value, or nothing after noting its error under the input's name.
    template <typename T>
    std::optional<T> take(std::string_view name, Result<T> parsed, std::string_view fix = {}) {
        if (parsed) return *std::move(parsed);
        refuse(name, parsed.error().why, fix.empty() ? parsed.error().fix : std::string(fix));
        return std::nullopt;
    }

    /// Notes what is wrong with an input, unless something was noted before.
    void refuse(std::string_view name, std::string why, std::string fix = {});
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    const InputMap& raw_;
    const PathOpener& paths_;
    std::optional<Error> error_;
};

}  // namespace pr_image::plan
