#include "plan/build/output_list.hpp"

#include "plan/build/workspace_path.hpp"
#include "text/csv.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <optional>

namespace pr_image::plan {

namespace {

/// A name as buildx takes it may carry a tag; only where it goes matters here.
Result<ImageName> image_of(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    const std::size_t end = name.find_first_of(":@", slash == std::string_view::npos ? 0 : slash);
    return ImageName::parse(name.substr(0, end));
}

}  // namespace

Result<OutputEntry> parse_output(std::string_view entry, const std::string& workspace) {
    const auto refuse = [&](std::string_view why, std::string fix) {
        return text::fail("Invalid output", fmt::format("'{}' {}", text::printable(entry), why),
                          std::move(fix));
    };
    const Result<std::vector<std::vector<std::string>>> records = text::csv_records(entry);
    if (!records) return refuse("has a quote that does not close", records.error().fix);
    if (records->size() != 1) return refuse("is not one line of key=value", "");

    OutputEntry output{.text = std::string(entry), .type = {}, .names = {}};
    const std::vector<std::string>& fields = records->front();
    std::optional<std::string> destination;
    // buildx's short form is a folder.
    if (fields.size() == 1 && !fields.front().contains('=')) {
        output.type = "local";
        destination = fields.front();
    }
    for (const std::string& field : fields) {
        if (destination) break;
        const std::size_t equals = field.find('=');
        if (equals == std::string::npos) {
            return refuse(fmt::format("has '{}', which is not key=value", text::printable(field)),
                          "Write for example type=local,dest=out.");
        }
        const std::string key = text::to_lower(text::trim(std::string_view(field).substr(0, equals)));
        const std::string_view value = text::trim(std::string_view(field).substr(equals + 1));
        if (key == "type") output.type = value;
        if (key == "push") output.pushes = output.pushes || text::to_lower(value) == "true";
        if (key == "push-by-digest") output.by_digest = text::to_lower(value) == "true";
        if (key == "name" && !value.empty()) {
            for (const std::string_view name : text::split(value, ',')) {
                Result<ImageName> image = image_of(text::trim(name));
                if (!image) return refuse(fmt::format("names no image: {}", image.error().why), "");
                output.names.push_back(*std::move(image));
            }
        }
    }
    for (const std::string& field : fields) {
        const std::string_view view = field;
        if (view.starts_with("dest=")) destination = view.substr(5);
    }
    if (output.type.empty()) return refuse("has no type", "Write for example type=local,dest=out.");
    output.pushes = output.pushes || output.type == "registry";
    if (destination == "-") return refuse("writes to standard output, which is the log", "Give a path.");
    if (destination) {
        Result<std::string> path = workspace_path(*destination, workspace);
        if (!path) return refuse(path.error().why, path.error().fix);
        output.destination = *std::move(path);
    }
    return output;
}

}  // namespace pr_image::plan
