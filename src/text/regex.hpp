#pragma once

#include "text/error.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::text {

/// A regular expression in JavaScript's syntax, as docker/metadata-action's users write it: groups, named
/// groups, look-around, back-references, lazy quantifiers and Unicode classes (`\p{L}`, with or without the
/// flag `u`). Look-behind of unbounded length is the one thing that it refuses and JavaScript has. Rule:
/// ECMA-262 section 22.2 with Annex B.
class Regex {
  public:
    /// The whole match and then each group; a group that took no part is absent.
    using Match = std::vector<std::optional<std::string>>;

    /// Takes a pattern and its flags, any of `d g i m s u v y` at most once. An Error says where the pattern
    /// breaks off.
    static Result<Regex> compile(std::string_view pattern, std::string_view flags = {});

    /// Gives the first match in `subject`, or nothing; with the flag `g` all whole matches, one after the
    /// other, as JavaScript's String.match does. An Error when the search takes too many steps: the work is
    /// bounded, whatever the pattern.
    [[nodiscard]] Result<std::optional<Match>> match(std::string_view subject) const;

    /// Gives how many groups the pattern has.
    [[nodiscard]] std::size_t groups() const;

  private:
    struct Code;
    Regex(std::shared_ptr<const Code> code, std::string pattern, bool global);

    std::shared_ptr<const Code> code_;
    std::string pattern_;
    bool global_;
};

}  // namespace pr_image::text
