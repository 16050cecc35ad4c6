#include "text/csv.hpp"

#include "text/strings.hpp"

#include <utility>

namespace pr_image::text {

namespace {

/// Reads one field that starts at `at`; leaves `at` at the comma, line break or end behind it.
Result<std::string> read_field(std::string_view text, std::size_t& at) {
    const auto ends_field = [&](std::size_t i) {
        return i >= text.size() || text[i] == ',' || text[i] == '\n' || text.substr(i, 2) == "\r\n";
    };
    std::string field;
    if (at < text.size() && text[at] == '"') {
        std::size_t i = at + 1;
        while (i < text.size()) {
            if (text[i] != '"') {
                field += text[i++];
            } else if (text.substr(i, 2) == "\"\"") {
                field += '"';
                i += 2;
            } else if (ends_field(i + 1)) {
                at = i + 1;
                return field;
            } else {
                // A quote in the middle closes nothing: the field was never a quoted one, as in `"a" b`.
                field.insert(field.begin(), '"');
                while (!ends_field(i))
                    field += text[i++];
                at = i;
                return field;
            }
        }
        return fail("Unclosed quote", "a value starts with \" and has no closing one",
                    "Close it, or double the quotes that belong to the value.");
    }
    while (!ends_field(at))
        field += text[at++];
    return field;
}

}  // namespace

Result<std::vector<std::vector<std::string>>> csv_records(std::string_view text) {
    std::vector<std::vector<std::string>> records;
    std::size_t at = 0;
    while (at < text.size()) {
        std::vector<std::string> record;
        for (;;) {
            Result<std::string> field = read_field(text, at);
            if (!field) return std::unexpected(field.error());
            record.push_back(*std::move(field));
            if (at >= text.size() || text[at] != ',') break;
            ++at;
        }
        if (at < text.size()) at += text[at] == '\r' ? 2 : 1;
        const bool blank = record.size() == 1 && trim(record.front()).empty();
        if (!blank) records.push_back(std::move(record));
    }
    return records;
}

Result<std::vector<std::string>> csv_list(std::string_view text, Commas commas) {
    Result<std::vector<std::vector<std::string>>> records = csv_records(text);
    if (!records) return std::unexpected(records.error());
    std::vector<std::string> entries;
    const auto add = [&](std::string_view entry) {
        if (!trim(entry).empty()) entries.emplace_back(trim(entry));
    };
    for (const std::vector<std::string>& record : *records) {
        if (commas == Commas::keep) {
            add(join(record, ","));
        } else {
            for (const std::string& field : record)
                add(field);
        }
    }
    return entries;
}

}  // namespace pr_image::text
