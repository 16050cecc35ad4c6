#include "plan/names/metadata/image_list.hpp"

#include "plan/names/metadata/records.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace pr_image::plan::metadata {

namespace {

Result<void> read_record(const Record& record, std::vector<ListedImage>& images) {
    std::vector<std::string> names;
    std::optional<bool> enabled;
    bool named_by_key = false;
    for (const auto& [key, value] : record.attributes) {
        if (key.empty() || key == "name") {
            if (value.empty()) return record.refuse("the name is empty");
            named_by_key = named_by_key || !key.empty();
            names.push_back(value);
        } else if (key == "enable") {
            if (enabled) return record.refuse("enable is there twice");
            if (value != "true" && value != "false") return record.refuse("enable is neither true nor false");
            enabled = value == "true";
        } else {
            return record.refuse(fmt::format("'{}' is not known", text::printable(key)),
                                 "Use name= and enable=.");
        }
    }
    if (names.empty()) return record.refuse("the name is missing", "Write name=ghcr.io/owner/app.");
    if (names.size() > 1 && (enabled || named_by_key)) {
        return record.refuse("it names several images", "Give each image with attributes a line of its own.");
    }
    for (const std::string& written : names) {
        Result<ImageName> name = ImageName::parse(written);
        if (!name) return record.refuse(name.error());
        images.push_back({*std::move(name), text::to_lower(written), enabled.value_or(true)});
    }
    return {};
}

}  // namespace

Result<std::vector<ListedImage>> parse_images(std::string_view input) {
    TRY_ASSIGN(std::vector<Record> records, read_records("images", input));
    std::vector<ListedImage> images;
    for (const Record& record : records) {
        TRY(read_record(record, images));
    }
    return images;
}

}  // namespace pr_image::plan::metadata
