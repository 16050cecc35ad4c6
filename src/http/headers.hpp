#pragma once

#include "text/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::http {

/// A message's header fields: names compare without regard to case (RFC 9110 section 5.1). A field that could
/// break out of its line never gets in.
class Headers {
  public:
    using Field = std::pair<std::string, std::string>;

    /// Puts `value` in the place of every field of that name. A name that is no token or a value with a
    /// control character is not taken: `refused()` then says so, and a Client sends nothing.
    void set(std::string_view name, std::string_view value);

    /// Adds one more field, with the same care as set().
    void add(std::string_view name, std::string_view value);

    /// Removes every field of that name.
    void remove(std::string_view name);

    /// Gives the first field of that name, or nothing.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;

    /// Gives every field of that name in the order they came.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

    /// Why a field was not taken, if one was not. Never quotes the value, which may be a secret.
    [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }

  private:
    std::vector<Field> fields_;
    std::optional<Error> refused_;
};

/// One link of a Link header (RFC 8288).
struct Link {
    std::string target;  ///< a URL reference
    std::string relation;
};

/// Takes a Link header's value; gives its links that have a `rel`. What is not well-formed is left out.
std::vector<Link> parse_links(std::string_view value);

/// Gives the target of the first link with this relation in any Link header, or nothing.
std::optional<std::string> link_target(const Headers& headers, std::string_view relation);

}  // namespace pr_image::http
