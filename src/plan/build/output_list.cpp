#include "plan/build/output_list.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace pr_image::plan {

using text::printable;

namespace {

constexpr std::array<std::pair<std::string_view, OutputType>, 7> kOutputTypes{
    {{"local", OutputType::local},
     {"tar", OutputType::tar},
     {"oci", OutputType::oci},
     {"docker", OutputType::docker},
     {"image", OutputType::image},
     {"registry", OutputType::registry},
     {"cacheonly", OutputType::cacheonly}}};

constexpr std::string_view kCompressions = "uncompressed gzip estargz zstd nydus";

constexpr std::array<OptionKey, 3> kFileKeys{
    {{"attestation-prefix"},
     {.name = "platform-split", .kind = ValueKind::boolean},
     {.name = "source-date-epoch", .kind = ValueKind::integer, .empty_is_absent = true}}};
/// Of all exporters that make an image.
constexpr std::array<OptionKey, 13> kImageKeys{
    {{"name"},
     {.name = "oci-mediatypes", .kind = ValueKind::boolean_or_empty},
     {.name = "oci-artifact", .kind = ValueKind::boolean},
     {.name = "attestation-inline", .kind = ValueKind::boolean},
     {.name = "prefer-nondist-layers", .kind = ValueKind::boolean},
     {.name = "rewrite-timestamp", .kind = ValueKind::boolean},
     {.name = "compression", .kind = ValueKind::choice, .choices = kCompressions},
     {.name = "force-compression", .kind = ValueKind::boolean_or_empty},
     {.name = "compression-level", .kind = ValueKind::integer},
     {.name = "source-date-epoch", .kind = ValueKind::integer, .empty_is_absent = true},
     {.name = "buildinfo"},
     {.name = "buildinfo-attrs"},
     {.name = "prefer-image-digest"}}};
constexpr std::array<OptionKey, 8> kStoreKeys{
    {{.name = "push", .kind = ValueKind::boolean_or_empty},
     {.name = "push-by-digest", .kind = ValueKind::boolean_or_empty},
     {.name = "registry.insecure", .kind = ValueKind::boolean_or_empty},
     {.name = "unpack", .kind = ValueKind::boolean_or_empty},
     {.name = "store", .kind = ValueKind::boolean_or_empty},
     {.name = "name-canonical", .kind = ValueKind::boolean_or_empty},
     {.name = "dangling-name-prefix"},
     // BuildKit's own spelling.
     {.name = "danging-name-empty-only", .kind = ValueKind::boolean_or_empty}}};

/// What else people call a destination.
constexpr std::array<std::string_view, 4> kOtherDest{"destination", "dst", "path", "file"};

bool is_image(OutputType type) {
    return type == OutputType::image || type == OutputType::registry;
}

std::vector<OptionKey> output_keys(OutputType type) {
    std::vector<OptionKey> keys;
    const auto add = [&](std::span<const OptionKey> more) {
        keys.insert(keys.end(), more.begin(), more.end());
    };
    switch (type) {
        case OutputType::local:
            keys.push_back({.name = "mode",
                            .kind = ValueKind::choice,
                            .choices = "copy delete",
                            .empty_is_absent = true});
            [[fallthrough]];
        case OutputType::tar:
            add(kFileKeys);
            break;
        case OutputType::docker:
            keys.push_back({"context"});
            [[fallthrough]];
        case OutputType::oci:
            keys.push_back({.name = "tar", .kind = ValueKind::boolean_or_empty});
            add(kImageKeys);
            break;
        case OutputType::image:
        case OutputType::registry:
            add(kImageKeys);
            add(kStoreKeys);
            break;
        case OutputType::cacheonly:
            break;
    }
    return keys;
}

/// A folder whose name looks like `key=value` is far less likely than an entry that lacks its type.
bool looks_like_option(std::string_view entry) {
    if (!entry.contains('=')) return false;
    const std::string key = text::to_lower(text::trim(entry.substr(0, entry.find('='))));
    constexpr std::array<std::string_view, 2> kShared{"type", "dest"};
    const auto is_key = [&](const auto& keys) {
        return std::ranges::any_of(keys, [&](const OptionKey& known) { return known.name == key; });
    };
    return std::ranges::find(kShared, key) != kShared.end() || is_key(kImageKeys) || is_key(kStoreKeys) ||
           is_key(kFileKeys) || key == "mode" || key == "tar";
}

/// The entry's pairs, with buildx's short forms written out.
Result<Attributes> attributes_of(std::string_view entry, const RefuseEntry& refuse) {
    const Result<std::vector<std::string>> fields = option_fields(entry);
    if (!fields) return refuse.because(fields.error());
    const bool bare = fields->size() == 1 && fields->front() == entry && !entry.starts_with("type=");
    if (bare && looks_like_option(entry)) {
        return refuse("has no type, so buildx takes all of it for the name of a folder",
                      "Write for example type=local,dest=out.");
    }
    if (bare) return Attributes{{"type", "local"}, {"dest", std::string(entry)}};
    Result<Attributes> attributes = option_attributes(*fields, KeySpelling::trimmed_lower);
    if (!attributes) return refuse.because(attributes.error());
    return attributes;
}

Result<OutputType> output_type(const Attributes& attributes, const RefuseEntry& refuse) {
    const std::string* given = attributes.find("type");
    if (given == nullptr || given->empty()) {
        return refuse("has no type", "Write for example type=local,dest=out.");
    }
    std::vector<std::string_view> names;
    for (const auto& [name, type] : kOutputTypes) {
        if (*given == name) return type;
        names.push_back(name);
    }
    const std::string_view meant = nearest(*given, names);
    return refuse(fmt::format("has the type '{}', which BuildKit does not know", printable(*given)),
                  meant.empty() ? "Use one of: local, tar, oci, docker, image, registry, cacheonly."
                                : fmt::format("Did you mean type={}?", meant));
}

PathUse use_of(const OutputEntry& output) {
    if (output.type == OutputType::local) return PathUse::output_folder;
    return output.attributes.boolean("tar") == false ? PathUse::output_layout : PathUse::output_file;
}

/// Which exporter writes to a path, and which has to be given one. buildx sends a file without one to
/// standard output.
Result<void> place(OutputEntry& output, std::optional<std::string> destination, const PathOpener& paths,
                   const RefuseEntry& refuse) {
    const bool makes_no_file = is_image(output.type) || output.type == OutputType::cacheonly;
    if (makes_no_file && !destination) return {};
    if (makes_no_file) {
        return refuse(fmt::format("has a dest, but type={} writes no file", to_string(output.type)),
                      "Leave dest out, or write type=local, tar, oci or docker.");
    }
    const bool loads = output.type == OutputType::docker && output.attributes.boolean("tar") != false;
    if (!destination || destination->empty()) {
        if (loads) return {};
        return refuse("has no dest",
                      fmt::format("Write for example type={},dest=out.", to_string(output.type)));
    }
    if (*destination == "-") return refuse("writes to standard output, which is the log", "Give a path.");
    Result<WorkspacePath> path = paths.open(*destination, use_of(output));
    if (!path) return refuse(path.error().why, path.error().fix);
    output.destination = *std::move(path);
    return {};
}

Result<void> add_names(OutputEntry& output, std::string_view list, const RefuseEntry& refuse) {
    for (const std::string_view name : text::split(list, ',')) {
        Result<NamedImage> image = parse_named_image(name);
        if (!image) {
            return refuse(fmt::format("names no image: {}", image.error().why),
                          "Write name=ghcr.io/acme/app, or \"name=a,b\" in quotes, without blanks.");
        }
        output.names.push_back(*std::move(image));
    }
    return {};
}

/// `name`, and the prefix of images without one, under which they are pushed as well.
Result<void> read_names(OutputEntry& output, const RefuseEntry& refuse) {
    const bool named =
        is_image(output.type) || output.type == OutputType::oci || output.type == OutputType::docker;
    if (!named) return {};
    const std::optional<std::string> given = output.attributes.take("name");
    if (given && !given->empty()) {
        TRY(add_names(output, *given, refuse));
        std::string written;
        for (const NamedImage& name : output.names)
            written += (written.empty() ? "" : ",") + name.text;
        output.attributes.set("name", std::move(written));
    }
    const std::string* prefix = output.attributes.find("dangling-name-prefix");
    if (!output.pushes || prefix == nullptr || prefix->empty()) return {};
    return add_names(output, *prefix, refuse);
}

}  // namespace

std::string_view to_string(OutputType type) {
    return std::ranges::find(kOutputTypes, type, &std::pair<std::string_view, OutputType>::second)->first;
}

std::string OutputEntry::text() const {
    std::vector<std::string> fields{fmt::format("type={}", to_string(type))};
    if (destination) fields.push_back("dest=" + destination->string());
    add_fields(fields, attributes);
    return option_text(fields);
}

Result<OutputEntry> parse_output(std::string_view entry, const PathOpener& paths) {
    const RefuseEntry refuse("Invalid output", entry);
    TRY_ASSIGN(Attributes attributes, attributes_of(entry, refuse));
    OutputEntry output;
    TRY_ASSIGN(output.type, output_type(attributes, refuse));
    attributes.take("type");
    std::optional<std::string> destination = attributes.take("dest");
    for (const std::string_view other : kOtherDest) {
        if (!destination && attributes.contains(other))
            return refuse(fmt::format("has the key {}, which is not known", other), "Did you mean dest?");
    }
    Result<Attributes> checked = check_attributes(attributes, output_keys(output.type));
    if (!checked) return refuse.because(checked.error());
    output.attributes = *std::move(checked);
    const std::optional<bool> push = output.attributes.boolean("push");
    if (push == true && !is_image(output.type)) {
        return refuse(fmt::format("has push=true, but type={} pushes nothing", to_string(output.type)),
                      "Write type=registry or type=image,push=true on a line of its own.");
    }
    // buildx makes an image that is pushed of it, whatever it says about push.
    if (output.type == OutputType::registry) output.attributes.take("push");
    output.pushes = output.type == OutputType::registry || push == true;
    output.by_digest = output.pushes && output.attributes.boolean("push-by-digest") == true;
    TRY(read_names(output, refuse));
    const auto is_tagged = [](const NamedImage& image) { return image.tag || image.digest; };
    if (output.by_digest && std::ranges::any_of(output.names, is_tagged)) {
        return refuse("pushes by digest, and BuildKit refuses a tag beside it", "Leave the name's tag out.");
    }
    TRY(place(output, std::move(destination), paths, refuse));
    return output;
}

}  // namespace pr_image::plan
