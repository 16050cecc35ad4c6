#include "docker/image_tar.hpp"

#include "docker/tar_reader.hpp"
#include "text/json.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <span>
#include <utility>

namespace pr_image::docker {

namespace {

namespace json = boost::json;
using text::fail;
using text::printable;

constexpr std::uint64_t kLargestJson = 4 * 1024 * 1024;
constexpr std::size_t kMostKept = 32 * 1024 * 1024;
constexpr int kDeepestIndex = 4;

std::unexpected<Error> refuse(std::string why, std::string fix = {}) {
    return fail("Image archive refused", std::move(why), std::move(fix));
}

std::size_t count_keys(const json::value& value) {
    std::size_t keys = 0;
    if (const json::object* object = value.if_object()) {
        keys = object->size();
        for (const auto& member : *object)
            keys += count_keys(member.value());
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array)
            keys += count_keys(element);
    }
    return keys;
}

// Well-formed JSON has one colon outside its strings for each member.
std::size_t count_colons(std::string_view text) {
    std::size_t colons = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in_string && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && text[i] == ':') {
            ++colons;
        }
    }
    return colons;
}

// JSON whose objects name no member twice: readers differ in which one they believe.
Result<json::value> parse_once(const std::string& text, std::string_view name) {
    Result<json::value> value = text::parse_json(text, name);
    if (!value) return refuse(fmt::format("its {} is not JSON", name));
    if (count_keys(*value) != count_colons(text)) {
        return refuse(
            fmt::format("its {} names a member twice, and readers differ in which one counts", name));
    }
    return value;
}

// The engine's JSON reader takes `repotags` for `RepoTags` and folds letters beyond ASCII; ours does neither.
Result<void> require_exact_keys(const json::object& object, std::span<const std::string_view> known,
                                std::string_view name) {
    for (const auto& member : object) {
        const std::string_view key = member.key();
        const bool ascii = std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; });
        const bool alike = std::ranges::any_of(known, [&](std::string_view exact) {
            return key != exact && text::to_lower(key) == text::to_lower(exact);
        });
        if (!ascii || alike) {
            return refuse(fmt::format("its {} has a member '{}', which some readers take for another one",
                                      name, printable(key)));
        }
    }
    return {};
}

std::string member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    const json::string* string = value == nullptr ? nullptr : value->if_string();
    return string == nullptr ? std::string() : std::string(*string);
}

std::string annotation(const json::object& descriptor, std::string_view name) {
    const json::value* all = descriptor.if_contains("annotations");
    const json::object* annotations = all == nullptr ? nullptr : all->if_object();
    return annotations == nullptr ? std::string() : member(*annotations, name);
}

const json::array* list(const json::value* value) {
    return value == nullptr ? nullptr : value->if_array();
}

constexpr std::array<std::string_view, 5> kManifestKeys = {"Config", "RepoTags", "Layers", "Parent",
                                                           "LayerSources"};
constexpr std::array<std::string_view, 5> kIndexKeys = {"schemaVersion", "mediaType", "manifests",
                                                        "annotations", "subject"};
constexpr std::array<std::string_view, 8> kDescriptorKeys = {
    "mediaType", "digest", "size", "urls", "annotations", "platform", "data", "artifactType"};
constexpr std::array<std::string_view, 1> kLayoutKeys = {"imageLayoutVersion"};

}  // namespace

struct ImageTarCheck::State {
    explicit State(std::vector<Reference> permitted) : allowed(std::move(permitted)), reader(visitor()) {}

    std::vector<Reference> allowed;
    TarReader reader;

    std::set<std::string, std::less<>> names;
    std::map<std::string, std::string, std::less<>> kept;  // JSON files by name
    std::size_t kept_bytes = 0;
    std::string* current = nullptr;  // where the entry that passes by is kept
    TarEntry entry;

    std::vector<TarImage> images;

    TarVisitor visitor() {
        return {.begin = [this](const TarEntry& next) { return begin(next); },
                .content = [this](std::string_view piece) { return content(piece); },
                .end = [this]() -> Result<void> { return end(); }};
    }

    static bool is_top_level(std::string_view name) {
        return name == "manifest.json" || name == "index.json" || name == "oci-layout";
    }

    Result<void> begin(const TarEntry& next) {
        entry = next;
        current = nullptr;
        const bool known = !names.insert(next.name).second;
        if (known && !next.directory) return refuse(fmt::format("its entry '{}' is there twice", next.name));
        if (next.directory) return {};
        if (next.size > kLargestJson) {
            if (is_top_level(next.name)) {
                return refuse(fmt::format("its {} has {} bytes, which no image needs", next.name, next.size));
            }
            return {};
        }
        current = &kept[next.name];
        return {};
    }

    Result<void> content(std::string_view piece) {
        if (current == nullptr) return {};
        // Small layers pass by too: what begins like JSON may be needed, the rest is not.
        if (current->empty() && piece.front() != '{' && piece.front() != '[' && !is_top_level(entry.name)) {
            kept.erase(entry.name);
            current = nullptr;
            return {};
        }
        kept_bytes += piece.size();
        if (kept_bytes > kMostKept) return refuse("it holds more metadata than any image needs");
        *current += piece;
        return {};
    }

    Result<void> end() {
        current = nullptr;
        return {};
    }

    [[nodiscard]] Result<std::string> blob(const Digest& digest, std::string_view what) const {
        const std::string name = fmt::format("blobs/{}/{}", digest.algorithm(), digest.hex());
        const auto found = kept.find(name);
        if (found == kept.end()) return refuse(fmt::format("its {} {} is not in it", what, digest.string()));
        if (digest.algorithm() != "sha256" || text::sha256(found->second) != digest) {
            return refuse(fmt::format("its {} does not have the digest that it is named by, {}", what,
                                      digest.string()));
        }
        return found->second;
    }

    [[nodiscard]] const Reference* find_allowed(std::string_view name, bool exactly) const {
        const Result<Reference> parsed = Reference::parse(name);
        if (!parsed || !parsed->tag() || parsed->digest()) return nullptr;
        const auto found = std::ranges::find_if(allowed, [&](const Reference& one) {
            return one.tag() == parsed->tag() && one.name() == parsed->name();
        });
        if (found == allowed.end()) return nullptr;
        // containerd uses the name as it stands; another spelling would be another name.
        return !exactly || name == parsed->string() ? &*found : nullptr;
    }

    [[nodiscard]] std::unexpected<Error> foreign(std::string_view file, std::string_view name) const {
        std::vector<std::string> expected;
        expected.reserve(allowed.size());
        for (const Reference& one : allowed)
            expected.push_back(one.string());
        return refuse(fmt::format("its {} would name an image '{}' in the engine; only {} may be named", file,
                                  printable(name), expected.empty() ? "nothing" : text::join(expected, ", ")),
                      "Check which job made this archive, and with which image name and tag.");
    }

    // Fills what the configuration says of itself.
    Result<TarImage> describe(const std::string& config_text, Digest digest) {
        TRY_ASSIGN(json::value config, parse_once(config_text, "image configuration"));
        TarImage image{.target = {},
                       .config = std::move(digest),
                       .os = text::json_string(config, "os"),
                       .architecture = text::json_string(config, "architecture"),
                       .variant = text::json_string(config, "variant"),
                       .labels = {},
                       .tags = {}};
        if (image.os.empty() || image.architecture.empty()) {
            return refuse("its image configuration names no operating system and architecture");
        }
        const json::value* labels = text::find_json(config, "config.Labels");
        if (const json::object* object = labels == nullptr ? nullptr : labels->if_object()) {
            for (const auto& label : *object) {
                if (const json::string* value = label.value().if_string()) {
                    image.labels.emplace(std::string(label.key()), std::string(*value));
                }
            }
        }
        return image;
    }

    // Adds the images that a descriptor of index.json leads to.
    Result<void> walk(const Digest& target, const Digest& digest, const std::optional<Reference>& tag,
                      int depth) {
        if (depth > kDeepestIndex) return refuse("its indexes are nested too deep");
        TRY_ASSIGN(std::string text, blob(digest, "manifest"));
        TRY_ASSIGN(json::value manifest, parse_once(text, "manifest"));
        if (const json::array* children = list(text::find_json(manifest, "manifests"))) {
            for (const json::value& child : *children) {
                const json::object* descriptor = child.if_object();
                if (descriptor == nullptr) return refuse("its index is malformed");
                // BuildKit's attestations: stored beside the image they speak of, never run.
                if (annotation(*descriptor, "vnd.docker.reference.type") == "attestation-manifest") continue;
                const Result<Digest> next = Digest::parse(member(*descriptor, "digest"));
                if (!next) return refuse("its index is malformed");
                if (Result<void> walked = walk(target, *next, tag, depth + 1); !walked) return walked;
            }
            return {};
        }
        const Result<Digest> config = Digest::parse(text::json_string(manifest, "config.digest"));
        if (!config) return refuse("its manifest names no image configuration");
        if (Result<void> complete = require_layers(manifest); !complete) return complete;
        return add(target, *config, tag);
    }

    Result<void> require_layers(const json::value& manifest) {
        const json::array* layers = list(text::find_json(manifest, "layers"));
        if (layers == nullptr) return refuse("its manifest names no layers");
        for (const json::value& layer : *layers) {
            const Result<Digest> digest = Digest::parse(text::json_string(layer, "digest"));
            if (!digest) return refuse("its manifest is malformed");
            if (!names.contains(fmt::format("blobs/{}/{}", digest->algorithm(), digest->hex()))) {
                return refuse(fmt::format("its layer {} is not in it", digest->string()));
            }
        }
        return {};
    }

    Result<void> add(const Digest& target, const Digest& config, const std::optional<Reference>& tag) {
        auto known = std::ranges::find_if(
            images, [&](const TarImage& image) { return image.target == target && image.config == config; });
        if (known == images.end()) {
            TRY_ASSIGN(std::string text, blob(config, "image configuration"));
            TRY_ASSIGN(TarImage image, describe(text, config));
            image.target = target;
            images.push_back(std::move(image));
            known = images.end() - 1;
        }
        add_tag(*known, tag);
        return {};
    }

    static void add_tag(TarImage& image, const std::optional<Reference>& tag) {
        if (tag && std::ranges::find(image.tags, *tag) == image.tags.end()) image.tags.push_back(*tag);
    }

    Result<void> read_layout() {
        const auto layout = kept.find("oci-layout");
        const auto index = kept.find("index.json");
        if (layout == kept.end() && index == kept.end()) return {};
        if (layout == kept.end() || index == kept.end()) {
            return refuse("it is half an OCI layout: only one of oci-layout and index.json is there");
        }
        TRY_ASSIGN(json::value version, parse_once(layout->second, "oci-layout"));
        TRY_ASSIGN(json::value root, parse_once(index->second, "index.json"));
        const json::array* manifests = list(text::find_json(root, "manifests"));
        if (!version.is_object() || !root.is_object() || manifests == nullptr) {
            return refuse("its index.json is malformed");
        }
        if (Result<void> exact = require_exact_keys(version.as_object(), kLayoutKeys, "oci-layout"); !exact) {
            return exact;
        }
        if (text::json_string(version, "imageLayoutVersion") != "1.0.0") {
            return refuse("its oci-layout is of a version that is not known");
        }
        if (Result<void> exact = require_exact_keys(root.as_object(), kIndexKeys, "index.json"); !exact) {
            return exact;
        }
        for (const json::value& child : *manifests) {
            const json::object* descriptor = child.if_object();
            if (descriptor == nullptr) return refuse("its index.json is malformed");
            if (Result<void> read = read_descriptor(*descriptor); !read) return read;
        }
        return {};
    }

    Result<void> read_descriptor(const json::object& descriptor) {
        if (Result<void> exact = require_exact_keys(descriptor, kDescriptorKeys, "index.json"); !exact) {
            return exact;
        }
        // containerd's rule (client/import.go): its own annotation, or else the OCI one, is the image's name.
        std::string name = annotation(descriptor, "io.containerd.image.name");
        if (name.empty()) name = annotation(descriptor, "org.opencontainers.image.ref.name");
        std::optional<Reference> tag;
        if (!name.empty()) {
            const Reference* found = find_allowed(name, true);
            if (found == nullptr) return foreign("index.json", name);
            tag = *found;
        }
        const Result<Digest> digest = Digest::parse(member(descriptor, "digest"));
        if (!digest) return refuse("its index.json is malformed");
        return walk(*digest, *digest, tag, 0);
    }

    Result<void> read_manifest_json() {
        const auto file = kept.find("manifest.json");
        if (file == kept.end()) {
            // Engines of before 2016's format read names from this one when manifest.json is absent.
            if (names.contains("repositories"))
                return refuse("it is in a format that is no longer supported");
            return {};
        }
        TRY_ASSIGN(json::value root, parse_once(file->second, "manifest.json"));
        const json::array* items = root.if_array();
        if (items == nullptr) return refuse("its manifest.json is malformed");
        const bool has_layout = !images.empty();
        for (const json::value& element : *items) {
            const json::object* item = element.if_object();
            if (item == nullptr) return refuse("its manifest.json is malformed");
            if (Result<void> read = read_item(*item, has_layout); !read) return read;
        }
        return {};
    }

    Result<void> read_item(const json::object& item, bool has_layout) {
        if (Result<void> exact = require_exact_keys(item, kManifestKeys, "manifest.json"); !exact)
            return exact;
        const std::string path = member(item, "Config");
        const auto config = kept.find(path);
        if (config == kept.end())
            return refuse("the image configuration that its manifest.json names is not in it");
        const Digest digest = text::sha256(config->second);
        const json::array* layers = list(item.if_contains("Layers"));
        if (layers == nullptr) return refuse("its manifest.json names no layers");
        for (const json::value& layer : *layers) {
            const json::string* layer_path = layer.if_string();
            if (layer_path == nullptr || !names.contains(std::string_view(*layer_path))) {
                return refuse("a layer that its manifest.json names is not in it");
            }
        }
        auto image = std::ranges::find(images, digest, &TarImage::config);
        if (image == images.end()) {
            if (has_layout) return refuse("its index.json and its manifest.json describe different images");
            TRY_ASSIGN(TarImage described, describe(config->second, digest));
            images.push_back(std::move(described));
            image = images.end() - 1;
        }
        const json::value* tags = item.if_contains("RepoTags");
        if (tags == nullptr || tags->is_null()) return {};
        if (!tags->is_array()) return refuse("its manifest.json is malformed");
        for (const json::value& element : tags->as_array()) {
            const json::string* name = element.if_string();
            const Reference* found = name == nullptr ? nullptr : find_allowed(*name, false);
            if (found == nullptr)
                return foreign("manifest.json", name == nullptr ? "" : std::string_view(*name));
            add_tag(*image, *found);
        }
        return {};
    }
};

ImageTarCheck::ImageTarCheck(std::vector<Reference> allowed)
    : state_(std::make_unique<State>(std::move(allowed))) {}

ImageTarCheck::~ImageTarCheck() = default;
ImageTarCheck::ImageTarCheck(ImageTarCheck&&) noexcept = default;
ImageTarCheck& ImageTarCheck::operator=(ImageTarCheck&&) noexcept = default;

Result<void> ImageTarCheck::update(std::string_view bytes) {
    return state_->reader.update(bytes);
}

Result<std::vector<TarImage>> ImageTarCheck::finish() {
    TRY(state_->reader.finish());
    TRY(state_->read_layout());
    TRY(state_->read_manifest_json());
    if (state_->images.empty()) {
        return refuse("it holds no image: neither a manifest.json nor an OCI layout is in it",
                      "Check that it was made with `docker save` or buildx's `--output type=docker,dest=…`.");
    }
    return std::move(state_->images);
}

Result<std::vector<TarImage>> check_image_tar(const std::string& path, std::vector<Reference> allowed) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return refuse(fmt::format("the file '{}' cannot be opened", printable(path)));
    ImageTarCheck check(std::move(allowed));
    std::string buffer(256 * 1024, '\0');
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
        const std::string_view piece(buffer.data(), static_cast<std::size_t>(file.gcount()));
        TRY(check.update(piece));
    }
    if (file.bad()) return refuse(fmt::format("the file '{}' cannot be read", printable(path)));
    return check.finish();
}

}  // namespace pr_image::docker
