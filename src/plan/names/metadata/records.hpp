#pragma once

#include "text/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::metadata {

/// `key=value`, or a bare value, whose key is empty.
struct Attribute {
    std::string key;  ///< in lower case
    std::string value;
};

/// One line of `images`, `tags` or `flavor`.
struct Record {
    std::string_view input;  ///< the input's name
    std::size_t line = 1;    ///< counted from 1
    std::string text;        ///< as it was written
    std::vector<Attribute> attributes;

    /// Gives an Error that names the input and shows the line.
    [[nodiscard]] std::unexpected<Error> refuse(std::string_view why, std::string fix = {}) const;
    /// Gives another Error's reason as one of this line.
    [[nodiscard]] std::unexpected<Error> refuse(const Error& error) const;
};

/// Takes an input in docker/metadata-action's list syntax: CSV, one record a line, lines that start with `#`
/// are comments. A comma inside `{…}` (`\d{1,3}`, `{{date 'D, M'}}`) or inside a quoted field belongs to the
/// value. Errors show the line: a quote that does not close or stands inside a field, a line that is all
/// quoted and spans several.
Result<std::vector<Record>> read_records(std::string_view input, std::string_view text);

}  // namespace pr_image::plan::metadata
