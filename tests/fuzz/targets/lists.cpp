#include "fuzz/target.hpp"
#include "text/csv.hpp"
#include "text/glob.hpp"
#include "text/strings.hpp"

#include <string>
#include <vector>

namespace pr_image::fuzz {
namespace {

/// Fields that are written as CSV are read as the same fields.
void try_round_trip(std::string_view input) {
    std::vector<std::string> fields;
    std::string line;
    while (!input.empty()) {
        fields.emplace_back(take_field(input));
        line += (fields.size() > 1 ? "," : "") + text::csv_field(fields.back());
    }
    const bool blank = fields.size() == 1 && text::trim(fields.front()).empty();
    if (fields.empty() || blank) return;
    const auto records = text::csv_records(line);
    require(records && records->size() == 1 && records->front() == fields);
}

// Inputs that are lists: any text is a list or an error, and an entry is never more than what was written.
void try_lists(std::string_view input) {
    try_round_trip(input);
    for (const auto commas : {text::Commas::keep, text::Commas::split}) {
        for (const bool quotes : {true, false}) {
            for (const auto comments : {text::Comments::are_data, text::Comments::are_skipped}) {
                const auto list =
                    text::csv_list(input, commas, {.comments = comments, .trim = true, .quotes = quotes});
                if (!list) continue;
                std::size_t size = 0;
                for (const std::string& entry : *list) {
                    require(!entry.empty() && text::trim(entry) == entry);
                    size += entry.size();
                }
                require(size <= input.size());
            }
        }
    }
    if (const auto records = text::csv_lines(input)) {
        for (const text::CsvRecord& record : *records) {
            require(record.line >= 1 && !record.fields.empty());
            require(record.source.data() >= input.data() &&
                    record.source.data() + record.source.size() <= input.data() + input.size());
        }
    }
    const std::string_view pattern = take_field(input);
    any_result(text::glob_match(pattern, input));
    require(text::glob_match("*", input));
}

const Registered lists("lists", try_lists);

}  // namespace
}  // namespace pr_image::fuzz
