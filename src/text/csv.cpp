#include "text/csv.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::text {

namespace {

bool ends_field(std::string_view text, std::size_t at) {
    return at >= text.size() || text[at] == ',' || text[at] == '\n' || text.substr(at, 2) == "\r\n";
}

/// Reads one field that starts at `at`; leaves `at` at the comma, line break or end behind it. Gives false
/// when its quote never closes.
bool read_field(std::string_view text, std::size_t& at, CsvField& field) {
    const auto read_plain = [&] {
        while (!ends_field(text, at))
            field.text += text[at++];
    };
    if (at >= text.size() || text[at] != '"') {
        read_plain();
        return true;
    }
    ++at;
    while (at < text.size()) {
        if (text[at] != '"') {
            field.text += text[at++];
        } else if (text.substr(at, 2) == "\"\"") {
            field.text += '"';
            at += 2;
        } else if (ends_field(text, at + 1)) {
            ++at;
            field.quoted = true;
            return true;
        } else {
            // A quote in the middle closes nothing: the field was never a quoted one, as in `"a" b`.
            field.text.insert(field.text.begin(), '"');
            read_plain();
            return true;
        }
    }
    return false;
}

bool is_blank(const CsvRecord& record) {
    return record.fields.size() == 1 && trim(record.fields.front().text).empty();
}

}  // namespace

Result<std::vector<CsvRecord>> csv_lines(std::string_view text, Comments comments) {
    std::vector<CsvRecord> records;
    std::size_t at = 0;
    std::size_t line = 1;
    while (at < text.size()) {
        const std::size_t begin = at;
        if (comments == Comments::are_skipped &&
            trim(text.substr(at, text.find('\n', at) - at)).starts_with('#')) {
            at = std::min(text.find('\n', at), text.size() - 1) + 1;
            ++line;
            continue;
        }
        CsvRecord record{.line = line};
        for (;;) {
            CsvField field;
            if (!read_field(text, at, field)) {
                return fail("Unclosed quote",
                            fmt::format("a value on line {} starts with \" and has no closing one", line),
                            "Close it, or double the quotes that belong to the value.");
            }
            record.fields.push_back(std::move(field));
            if (at >= text.size() || text[at] != ',') break;
            ++at;
        }
        record.source = text.substr(begin, at - begin);
        if (at < text.size()) at += text[at] == '\r' ? 2 : 1;
        line += static_cast<std::size_t>(std::ranges::count(text.substr(begin, at - begin), '\n'));
        if (!is_blank(record)) records.push_back(std::move(record));
    }
    return records;
}

Result<std::vector<std::vector<std::string>>> csv_records(std::string_view text) {
    TRY_ASSIGN(std::vector<CsvRecord> lines, csv_lines(text));
    std::vector<std::vector<std::string>> records;
    for (CsvRecord& line : lines) {
        std::vector<std::string>& record = records.emplace_back();
        for (CsvField& field : line.fields)
            record.push_back(std::move(field.text));
    }
    return records;
}

std::string csv_field(std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
    return fmt::format("\"{}\"", replace_all(field, "\"", "\"\""));
}

Result<std::vector<std::string>> csv_list(std::string_view text, Commas commas, ListSyntax syntax) {
    std::vector<std::string> entries;
    const auto add = [&](std::string_view entry) {
        if (!trim(entry).empty()) entries.emplace_back(syntax.trim ? trim(entry) : entry);
    };
    if (syntax.trim) text = trim(text);
    if (!syntax.quotes) {
        for (const std::string_view line : split(text, '\n'))
            add(line);
        return entries;
    }
    TRY_ASSIGN(std::vector<CsvRecord> records, csv_lines(text, syntax.comments));
    for (const CsvRecord& record : records) {
        std::string whole;
        for (const CsvField& field : record.fields) {
            const bool first = &field == &record.fields.front();
            whole += first ? field.text : "," + field.text;
            if (commas == Commas::split && record.fields.size() > 1) add(field.text);
        }
        if (commas == Commas::keep) {
            add(whole);
        } else if (record.fields.size() == 1) {
            for (const std::string_view part : split(whole, ','))
                add(part);
        }
    }
    return entries;
}

}  // namespace pr_image::text
