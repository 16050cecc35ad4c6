#include "plan/names/metadata/records.hpp"

#include "text/csv.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::plan::metadata {

using text::printable;

namespace {

/// Gives how many braces a text opens without closing them; those behind a backslash are no braces.
int open_braces(std::string_view text) {
    int open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '{') {
            ++open;
        } else if (text[i] == '}' && open > 0) {
            --open;
        }
    }
    return open;
}

/// Puts together again what a comma inside braces has split, where the braces close at all.
std::vector<text::CsvField> with_braces_joined(std::vector<text::CsvField> fields) {
    std::vector<text::CsvField> joined;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        text::CsvField field = fields[i];
        std::string whole = field.text;
        std::size_t last = i;
        while (!field.quoted && open_braces(whole) > 0 && last + 1 < fields.size() &&
               !fields[last + 1].quoted)
            whole += "," + fields[++last].text;
        if (last != i && open_braces(whole) == 0) {
            field.text = std::move(whole);
            i = last;
        }
        joined.push_back(std::move(field));
    }
    return joined;
}

Attribute parse_attribute(std::string_view field) {
    const std::size_t equals = field.find('=', field.empty() ? 0 : 1);
    if (equals == std::string_view::npos || field.front() == '=') return {"", std::string(text::trim(field))};
    return {text::to_lower(text::trim(field.substr(0, equals))),
            std::string(text::trim(field.substr(equals + 1)))};
}

}  // namespace

std::unexpected<Error> Record::refuse(std::string_view why, std::string fix) const {
    return text::fail(fmt::format("Invalid input '{}'", input),
                      fmt::format("line {}, '{}': {}", line, printable(text), why), std::move(fix));
}

std::unexpected<Error> Record::refuse(const Error& error) const {
    return refuse(error.why, error.fix);
}

Result<std::vector<Record>> read_records(std::string_view input, std::string_view text) {
    const auto failed = [&](const Error& error) {
        return text::fail(fmt::format("Invalid input '{}'", input), error.why, error.fix);
    };
    Result<std::vector<text::CsvRecord>> lines = text::csv_lines(text, text::Comments::are_skipped);
    if (!lines) return failed(lines.error());
    std::vector<Record> records;
    for (text::CsvRecord& line : *lines) {
        Record record{.input = input, .line = line.line, .text = std::string(text::trim(line.source))};
        std::vector<text::CsvField> fields = std::move(line.fields);
        if (fields.size() == 1 && fields.front().quoted) {
            // Quotes around all of a line are the list's own; what they hold is the record.
            const std::string content = std::move(fields.front().text);
            Result<std::vector<text::CsvRecord>> inner = text::csv_lines(content);
            if (!inner) return record.refuse(inner.error());
            if (inner->empty()) continue;
            if (inner->size() > 1) return record.refuse("it holds several lines in one pair of quotes");
            fields = std::move(inner->front().fields);
        }
        for (const text::CsvField& field : with_braces_joined(std::move(fields))) {
            if (!field.quoted && field.text.contains('"')) {
                return record.refuse(
                    "a quote stands inside a field",
                    "Put the quotes around all of the field, as in \"pattern=a,b\", and double "
                    "those that belong to it.");
            }
            if (Attribute attribute = parse_attribute(field.text);
                !attribute.key.empty() || !attribute.value.empty()) {
                record.attributes.push_back(std::move(attribute));
            }
        }
        if (!record.attributes.empty()) records.push_back(std::move(record));
    }
    return records;
}

}  // namespace pr_image::plan::metadata
