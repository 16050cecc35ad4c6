#include "plan/build/node_list.hpp"

#include "plan/names/metadata/records.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

namespace {

constexpr std::string_view kAllowed =
    "Write platform=linux/arm64,endpoint=tcp://arm64:1234, with driver-opts=… "
    "where the driver needs some; quote a field with commas.";

/// No option of buildx, and one word.
bool is_endpoint(std::string_view text) {
    return !text.empty() && !text.starts_with('-') && std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    });
}

Result<BuilderNode> parse_node(const metadata::Record& record) {
    BuilderNode node;
    std::vector<std::string> driver_opts;
    for (const auto& [key, value] : record.attributes) {
        if (key == "platform") {
            for (const std::string_view part : text::split(value, ',')) {
                const std::string_view platform = text::trim(part);
                if (!is_platform(platform)) {
                    return record.refuse(
                        fmt::format("'{}' is not os/architecture", text::printable(platform)),
                        std::string(kAllowed));
                }
                node.platforms.emplace_back(platform);
            }
        } else if (key == "endpoint") {
            if (!node.endpoint.empty())
                return record.refuse("endpoint is there twice", std::string(kAllowed));
            if (!is_endpoint(value)) {
                return record.refuse(fmt::format("'{}' is no address", text::printable(value)),
                                     std::string(kAllowed));
            }
            node.endpoint = value;
        } else if (key == "driver-opts") {
            driver_opts.push_back(value);
        } else {
            return record.refuse(fmt::format("'{}' is neither platform, endpoint nor driver-opts",
                                             text::printable(key.empty() ? value : key)),
                                 std::string(kAllowed));
        }
    }
    Result<std::vector<DriverOption>> options = parse_driver_options(driver_opts);
    if (!options) return record.refuse(options.error());
    node.driver_opts = *std::move(options);
    if (node.platforms.empty()) return record.refuse("it has no platform", std::string(kAllowed));
    return node;
}

}  // namespace

Result<std::vector<BuilderNode>> parse_nodes(std::string_view text) {
    TRY_ASSIGN(std::vector<metadata::Record> records, metadata::read_records("nodes", text));
    std::vector<BuilderNode> nodes;
    for (const metadata::Record& record : records) {
        TRY_ASSIGN(BuilderNode node, parse_node(record));
        const auto same = [&](const BuilderNode& other) { return other.endpoint == node.endpoint; };
        if (!node.endpoint.empty() && std::ranges::any_of(nodes, same))
            return record.refuse("another line has the same endpoint", std::string(kAllowed));
        nodes.push_back(std::move(node));
    }
    return nodes;
}

bool is_platform(std::string_view text) {
    const std::vector<std::string_view> parts = text::split(text, '/');
    const auto is_part = [](std::string_view part) {
        return !part.empty() && text::is_lower_alnum(part.front()) && std::ranges::all_of(part, [](char c) {
            return text::is_lower_alnum(c) || c == '_' || c == '.';
        });
    };
    return (parts.size() == 2 || parts.size() == 3) && std::ranges::all_of(parts, is_part);
}

}  // namespace pr_image::plan
