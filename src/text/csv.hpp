#pragma once

#include "text/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::text {

/// One field of a CSV record.
struct CsvField {
    std::string text;
    bool quoted = false;  ///< all of it stood in quotes, which are gone
};

/// One record of CSV text, which is one line unless a quoted field spans several.
struct CsvRecord {
    std::size_t line = 1;     ///< where it starts, counted from 1
    std::string_view source;  ///< as it is written, without the line end
    std::vector<CsvField> fields;
};

/// What a line that starts with `#` is.
enum class Comments { are_data, are_skipped };

/// Takes CSV text; gives its records with the place where each stands. A quote counts only as the first
/// character of a field; inside quotes commas and line breaks are data and `""` is one quote; a quoted field
/// that goes on after its closing quote never was one, and keeps its quotes. Blank lines are no records. A
/// quote that never closes is an Error that shows none of the text, because the text may be a secret. Rule:
/// docker/build-push-action's list inputs (csv-parse with relax_quotes).
Result<std::vector<CsvRecord>> csv_lines(std::string_view text, Comments comments = Comments::are_data);

/// Takes CSV text; gives the texts of csv_lines()'s fields.
Result<std::vector<std::vector<std::string>>> csv_records(std::string_view text);

/// Gives one field as CSV writes it: in quotes where it holds a comma, a quote or a line break (RFC 4180).
std::string csv_field(std::string_view field);

/// What a comma does in a list input.
enum class Commas { keep, split };

/// Where a list input's syntax differs from the usual one.
struct ListSyntax {
    Comments comments = Comments::are_data;
    bool trim = true;    ///< false: white space at an entry's ends belongs to it
    bool quotes = true;  ///< false: quotes are data, and so every line is an entry
};

/// Takes a list input; gives its entries, without blank ones. With Commas::keep a line is one entry whose
/// unquoted commas are data ("type=gha,scope=x"); with Commas::split a line that is one field is split even
/// where it is quoted. Rule: docker/actions-toolkit's Util.getInputList.
Result<std::vector<std::string>> csv_list(std::string_view text, Commas commas, ListSyntax syntax = {});

}  // namespace pr_image::text
