#include "docker/image_config.hpp"

#include "docker/archive_error.hpp"
#include "docker/strict_json.hpp"
#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace pr_image::docker {

namespace {

namespace json = boost::json;

constexpr std::string_view kConfigFile = "image configuration";
constexpr std::array<std::string_view, 6> kConfigKeys = {"os",     "architecture", "variant",
                                                         "config", "rootfs",       "history"};
constexpr std::array<std::string_view, 1> kRunKeys = {"Labels"};
constexpr std::array<std::string_view, 2> kRootKeys = {"type", "diff_ids"};

/// Gives the object at `name`, an empty one where there is none.
Result<json::object> read_part(const json::value& config, std::string_view name,
                               std::span<const std::string_view> keys) {
    const json::value* part = text::find_json(config, name);
    if (part == nullptr) return json::object();
    if (!part->is_object()) return malformed_in_archive(kConfigFile);
    TRY(require_exact_keys(part->as_object(), keys, kConfigFile));
    return part->as_object();
}

Result<std::map<std::string, std::string>> read_labels(const json::value* labels) {
    std::map<std::string, std::string> read;
    if (labels == nullptr || labels->is_null()) return read;
    if (!labels->is_object()) return malformed_in_archive(kConfigFile);
    for (const auto& label : labels->as_object()) {
        const json::string* value = label.value().if_string();
        if (value == nullptr) return malformed_in_archive(kConfigFile);
        read.emplace(std::string(label.key()), std::string(*value));
    }
    return read;
}

Result<std::vector<Digest>> read_diff_ids(const json::value* ids) {
    std::vector<Digest> read;
    if (ids == nullptr || ids->is_null()) return read;
    if (!ids->is_array()) return malformed_in_archive(kConfigFile);
    for (const json::value& id : ids->as_array()) {
        if (!id.is_string()) return malformed_in_archive(kConfigFile);
        TRY_ASSIGN(Digest digest, Digest::parse(id.as_string()));
        read.push_back(std::move(digest));
    }
    return read;
}

}  // namespace

Result<ImageConfig> parse_image_config(std::string_view text) {
    TRY_ASSIGN(const json::value value, parse_strict_json(text, kConfigFile));
    if (!value.is_object()) return malformed_in_archive(kConfigFile);
    TRY(require_exact_keys(value.as_object(), kConfigKeys, kConfigFile));
    TRY_ASSIGN(const json::object run, read_part(value, "config", kRunKeys));
    TRY_ASSIGN(const json::object rootfs, read_part(value, "rootfs", kRootKeys));
    ImageConfig config{.os = text::json_string(value, "os"),
                       .architecture = text::json_string(value, "architecture"),
                       .variant = text::json_string(value, "variant"),
                       .labels = {},
                       .layers = {}};
    if (config.os.empty() || config.architecture.empty())
        return refuse_archive("its image configuration names no operating system and architecture");
    TRY_ASSIGN(config.labels, read_labels(run.if_contains("Labels")));
    TRY_ASSIGN(config.layers, read_diff_ids(rootfs.if_contains("diff_ids")));
    return config;
}

Result<void> verify_layers(const ImageConfig& config, const std::vector<Descriptor>& layers) {
    if (config.layers.size() != layers.size()) {
        return refuse_archive(fmt::format("its image configuration names {} layers, and its manifest {}",
                                          config.layers.size(), layers.size()));
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (is_plain_layer(layers[i].media_type) && config.layers[i] != layers[i].blob.digest) {
            return refuse_archive(
                fmt::format("its layer {} is not the one that its image configuration names",
                            layers[i].blob.digest.string()));
        }
    }
    return {};
}

}  // namespace pr_image::docker
