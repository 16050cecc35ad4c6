#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace pr_image::text {

/// Why something could not be done, written for the person who reads a red check at midnight.
/// The three parts are plain sentences or phrases without line breaks of their own; whoever shows them
/// escapes them.
struct Error {
    std::string what;  ///< what failed, short enough for an annotation's title: "Invalid input 'pr-tag'"
    std::string why;   ///< why, with the offending value as printable() shows it
    std::string fix;   ///< what the user can change; may be empty when nothing but waiting helps

    std::string file = {};   ///< where the cause is, relative to the workspace; empty: nowhere in particular
    std::uint32_t line = 0;  ///< in `file`, from 1; 0: no line

    bool operator==(const Error&) const = default;
};

/// Every fallible function's result: no exception crosses a module's border.
template <typename T>
using Result = std::expected<T, Error>;

/// Takes the parts of an Error; gives the unexpected value that a function returning Result<T> can return.
std::unexpected<Error> fail(std::string what, std::string why, std::string fix = {});

/// Gives `what: why. fix` as one line, for logs that have no annotations.
std::string to_string(const Error& error);

/// Gives `value` safe to quote in a message: control characters, bidi controls and invalid UTF-8 become
/// `\xNN` or
/// `\u{N}` escapes, and at most `limit` bytes of the original are kept, followed by `…`.
std::string printable(std::string_view value, std::size_t limit = 120);

}  // namespace pr_image::text

namespace pr_image {
using text::Error;
using text::Result;
}  // namespace pr_image
