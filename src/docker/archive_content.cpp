#include "docker/archive_content.hpp"

#include "docker/archive_error.hpp"
#include "docker/archive_names.hpp"
#include "docker/descriptor.hpp"
#include "docker/image_config.hpp"
#include "docker/strict_json.hpp"
#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace pr_image::docker {

namespace {

namespace json = boost::json;
using text::printable;

constexpr std::uint64_t kMaxJson = 4 * 1024 * 1024;
constexpr std::uint64_t kMaxMetadata = 32 * 1024 * 1024;  // of all that is parsed
constexpr int kMaxDepth = 4;

constexpr std::array<std::string_view, 1> kLayoutKeys = {"imageLayoutVersion"};
constexpr std::array<std::string_view, 6> kIndexKeys = {"schemaVersion", "mediaType",   "artifactType",
                                                        "manifests",     "annotations", "subject"};
constexpr std::array<std::string_view, 7> kManifestKeys = {
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "annotations", "subject"};
// What another kind of manifest is known by: a blob with these as well is two things to two readers.
constexpr std::array<std::string_view, 5> kNotInIndex = {"config", "layers", "fsLayers", "signatures",
                                                         "blobs"};
constexpr std::array<std::string_view, 4> kNotInManifest = {"manifests", "fsLayers", "signatures", "blobs"};
constexpr std::array<std::string_view, 5> kItemKeys = {"Config", "RepoTags", "Layers", "Parent",
                                                       "LayerSources"};

const json::array* list(const json::value* value) {
    return value == nullptr ? nullptr : value->if_array();
}

class ArchiveContentReader {
  public:
    ArchiveContentReader(const std::map<std::string, Blob, std::less<>>& files, BlobDirectory& blobs,
                         std::vector<Reference> allowed)
        : files_(files), blobs_(blobs), names_(std::move(allowed)) {}

    Result<ImageContent> read() {
        TRY(read_layout());
        TRY(read_manifest_json());
        if (const Blob* file = find("repositories")) {
            TRY_ASSIGN(const std::string text, read_text(*file, "repositories"));
            TRY(names_.add_repositories(text));
        }
        if (!content_) {
            return refuse_archive(
                "it holds no image: neither a manifest.json nor an OCI layout is in it",
                "Check that it was made with `docker save` or buildx's `--output type=docker,dest=…`.");
        }
        content_->blobs = std::move(belonging_);
        content_->names = names_.found();
        return *std::move(content_);
    }

  private:
    [[nodiscard]] const Blob* find(std::string_view name) const {
        const auto found = files_.find(name);
        return found == files_.end() ? nullptr : &found->second;
    }

    [[nodiscard]] const Blob* find(const Digest& digest) const {
        return find(fmt::format("blobs/{}/{}", digest.algorithm(), digest.hex()));
    }

    /// The blob that a descriptor refers to, which has its digest by its name.
    Result<void> require(const Blob& blob, std::string_view what) const {
        const Blob* held = find(blob.digest);
        if (held == nullptr)
            return refuse_archive(fmt::format("its {} {} is not in it", what, blob.digest.string()));
        if (held->size == blob.size) return {};
        return refuse_archive(fmt::format("its {} {} has {} bytes, and not {} as is said of it", what,
                                          blob.digest.string(), held->size, blob.size));
    }

    void belongs(const Blob& blob) {
        if (known_.insert(blob.digest).second) belonging_.push_back(blob);
    }

    Result<std::string> read_text(const Blob& blob, std::string_view what) {
        parsed_ += blob.size;
        if (blob.size > kMaxJson || parsed_ > kMaxMetadata)
            return refuse_archive(fmt::format("its {} has more bytes than any image needs", what));
        return blobs_.read(blob.digest, kMaxJson);
    }

    Result<json::object> read_object(const Blob& blob, std::string_view what,
                                     std::span<const std::string_view> keys) {
        TRY_ASSIGN(const std::string text, read_text(blob, what));
        TRY_ASSIGN(json::value value, parse_strict_json(text, what));
        if (!value.is_object()) return malformed_in_archive(what);
        TRY(require_exact_keys(value.as_object(), keys, what));
        return std::move(value.as_object());
    }

    /// The media type may stand in the content, too.
    static Result<void> require_kind(const json::object& object, std::string_view media_type,
                                     std::span<const std::string_view> foreign, std::string_view what) {
        const json::value* own = object.if_contains("mediaType");
        if (own != nullptr && (!own->is_string() || std::string_view(own->as_string()) != media_type)) {
            return refuse_archive(
                fmt::format("its {} is said to be {}, and says something else", what, printable(media_type)));
        }
        for (const std::string_view key : foreign) {
            if (object.contains(key))
                return refuse_archive(
                    fmt::format("its {} has '{}', and could be taken for something else", what, key));
        }
        return {};
    }

    Result<std::vector<Descriptor>> descriptors(const json::object& object, std::string_view key,
                                                std::string_view what) {
        const json::array* elements = list(object.if_contains(key));
        if (elements == nullptr) return malformed_in_archive(what);
        std::vector<Descriptor> all;
        all.reserve(elements->size());
        for (const json::value& element : *elements) {
            TRY_ASSIGN(Descriptor descriptor, parse_descriptor(element, what));
            TRY(names_.add_annotations(element.as_object(), what));
            all.push_back(std::move(descriptor));
        }
        return all;
    }

    Result<void> read_layout() {
        const Blob* layout = find("oci-layout");
        const Blob* index = find("index.json");
        if (layout == nullptr && index == nullptr) return {};
        if (layout == nullptr || index == nullptr)
            return refuse_archive("it is half an OCI layout: only one of oci-layout and index.json is there");
        TRY_ASSIGN(const json::value version, read_object(*layout, "oci-layout", kLayoutKeys));
        if (text::json_string(version, "imageLayoutVersion") != "1.0.0")
            return refuse_archive("its oci-layout is of a version that is not known");

        TRY_ASSIGN(const json::object root, read_object(*index, "index.json", kIndexKeys));
        TRY(require_kind(root, kOciIndex, kNotInIndex, "index.json"));
        TRY_ASSIGN(const std::vector<Descriptor> targets, descriptors(root, "manifests", "index.json"));
        for (const Descriptor& target : targets) {
            if (target.blob.digest != targets.front().blob.digest)
                return refuse_archive("it holds several images");
            if (target.attestation) return malformed_in_archive("index.json");
            target_ = targets.front();
            TRY(walk(target, 0));
        }
        // A manifest.json beside it would be another image to older engines alone.
        if (!content_) return refuse_archive("its index.json leads to no image");
        return {};
    }

    Result<void> walk(const Descriptor& descriptor, int depth) {
        if (depth > kMaxDepth) return refuse_archive("its indexes are nested too deep");
        const ContentKind kind = kind_of(descriptor.media_type);
        if (kind != ContentKind::index && kind != ContentKind::manifest) {
            return refuse_archive(
                fmt::format("its index leads to {}, which is no image", printable(descriptor.media_type)));
        }
        TRY(require(descriptor.blob, "manifest"));
        const auto [walked, is_new] = walked_.emplace(descriptor.blob.digest, descriptor.media_type);
        if (walked->second != descriptor.media_type)
            return refuse_archive("its index says of one manifest that it is two things");
        if (is_new) {
            belongs(descriptor.blob);
            TRY(kind == ContentKind::manifest ? read_manifest(descriptor) : walk_children(descriptor, depth));
        }
        return kind == ContentKind::manifest ? verify_platform(descriptor) : Result<void>();
    }

    Result<void> walk_children(const Descriptor& descriptor, int depth) {
        std::vector<Descriptor> children;
        {
            TRY_ASSIGN(const json::object index, read_object(descriptor.blob, "index", kIndexKeys));
            TRY(require_kind(index, descriptor.media_type, kNotInIndex, "index"));
            TRY_ASSIGN(children, descriptors(index, "manifests", "index"));
        }
        for (const Descriptor& child : children) {
            if (child.attestation) {
                TRY(read_attestation(child));
            } else {
                TRY(walk(child, depth + 1));
            }
        }
        return {};
    }

    Result<void> read_manifest(const Descriptor& descriptor) {
        TRY_ASSIGN(const json::object manifest, read_object(descriptor.blob, "manifest", kManifestKeys));
        TRY(require_kind(manifest, descriptor.media_type, kNotInManifest, "manifest"));
        const json::value* value = manifest.if_contains("config");
        if (value == nullptr) return refuse_archive("its manifest names no image configuration");
        TRY_ASSIGN(const Descriptor config, parse_descriptor(*value, "manifest"));
        if (kind_of(config.media_type) != ContentKind::config)
            return refuse_archive(
                fmt::format("its manifest is of {}, which is no image", printable(config.media_type)));
        TRY_ASSIGN(const std::vector<Descriptor> layers, descriptors(manifest, "layers", "manifest"));
        TRY(require(config.blob, "image configuration"));
        for (const Descriptor& layer : layers) {
            if (kind_of(layer.media_type) != ContentKind::layer) {
                return refuse_archive(fmt::format("its manifest has a layer of {}, which no engine unpacks",
                                                  printable(layer.media_type)));
            }
            TRY(require(layer.blob, "layer"));
        }
        return add_image(config.blob, layers);
    }

    /// Some readers choose an image by its descriptor, others by its configuration.
    Result<void> verify_platform(const Descriptor& descriptor) const {
        const bool agree = descriptor.os.empty() || (descriptor.os == content_->os &&
                                                     descriptor.architecture == content_->architecture);
        if (agree) return {};
        return refuse_archive(
            fmt::format("its index and its image configuration are for different platforms: {}/{} "
                        "and {}/{}",
                        printable(descriptor.os, 40), printable(descriptor.architecture, 40),
                        printable(content_->os, 40), printable(content_->architecture, 40)));
    }

    /// What is said of the image goes with it as far as it is there; it is never run.
    Result<void> read_attestation(const Descriptor& descriptor) {
        if (find(descriptor.blob.digest) == nullptr) return {};
        if (kind_of(descriptor.media_type) != ContentKind::manifest)
            return malformed_in_archive("attestation");
        TRY(require(descriptor.blob, "attestation"));
        TRY_ASSIGN(const json::object manifest, read_object(descriptor.blob, "attestation", kManifestKeys));
        TRY(require_kind(manifest, descriptor.media_type, kNotInManifest, "attestation"));
        belongs(descriptor.blob);
        std::vector<const json::value*> parts{manifest.if_contains("config")};
        if (const json::array* layers = list(manifest.if_contains("layers"))) {
            for (const json::value& layer : *layers)
                parts.push_back(&layer);
        }
        for (const json::value* part : parts) {
            const Result<Digest> digest =
                Digest::parse(part == nullptr ? std::string() : text::json_string(*part, "digest"));
            if (!digest) return malformed_in_archive("attestation");
            if (const Blob* held = find(*digest)) belongs(*held);
        }
        return {};
    }

    Result<void> add_image(const Blob& config, const std::vector<Descriptor>& layers) {
        if (content_) return refuse_archive("it holds several images");
        content_ = ImageContent{.target = target_->blob,
                                .media_type = target_->media_type,
                                .config = config,
                                .layers = {},
                                .blobs = {},
                                .os = {},
                                .architecture = {},
                                .variant = {},
                                .labels = {},
                                .names = {}};
        belongs(config);
        for (const Descriptor& layer : layers) {
            belongs(layer.blob);
            content_->layers.push_back(layer.blob);
        }
        TRY_ASSIGN(const std::string text, read_text(config, "image configuration"));
        TRY_ASSIGN(ImageConfig parsed, parse_image_config(text));
        TRY(verify_layers(parsed, layers));
        content_->os = std::move(parsed.os);
        content_->architecture = std::move(parsed.architecture);
        content_->variant = std::move(parsed.variant);
        content_->labels = std::move(parsed.labels);
        return {};
    }

    Result<void> read_manifest_json() {
        constexpr std::string_view kWhat = "manifest.json";
        const Blob* file = find(kWhat);
        if (file == nullptr) return {};
        TRY_ASSIGN(const std::string text, read_text(*file, kWhat));
        TRY_ASSIGN(const json::value root, parse_strict_json(text, kWhat));
        if (!root.is_array()) return malformed_in_archive(kWhat);
        if (content_ && root.as_array().empty())
            return refuse_archive("its index.json and its manifest.json describe different images");
        for (const json::value& item : root.as_array()) {
            TRY(read_item(item, kWhat));
        }
        return {};
    }

    Result<void> read_item(const json::value& item, std::string_view what) {
        if (!item.is_object()) return malformed_in_archive(what);
        TRY(require_exact_keys(item.as_object(), kItemKeys, what));
        const Blob* config = find(text::json_string(item, "Config"));
        if (config == nullptr)
            return refuse_archive("the image configuration that its manifest.json names is not in it");
        const json::array* paths = list(text::find_json(item, "Layers"));
        if (paths == nullptr && text::find_json(item, "Layers") != nullptr) return malformed_in_archive(what);
        std::vector<Blob> layers;
        for (const json::value& path : paths == nullptr ? json::array() : *paths) {
            const json::string* name = path.if_string();
            const Blob* layer = name == nullptr ? nullptr : find(std::string_view(*name));
            if (layer == nullptr) return refuse_archive("a layer that its manifest.json names is not in it");
            layers.push_back(*layer);
        }
        if (!content_) {
            TRY(add_layout(*config, layers));
        }
        if (content_->config.digest != config->digest || content_->layers != layers)
            return refuse_archive("its index.json and its manifest.json describe different images");

        const json::value* tags = text::find_json(item, "RepoTags");
        if (tags == nullptr) return {};
        if (!tags->is_array()) return malformed_in_archive(what);
        for (const json::value& tag : tags->as_array()) {
            TRY(names_.add(tag.is_string() ? std::string_view(tag.as_string()) : std::string_view(), what));
        }
        return {};
    }

    /// An archive of before Docker 25 has no manifest: this makes one, so that every engine and builder finds
    /// the same.
    Result<void> add_layout(const Blob& config, const std::vector<Blob>& layers) {
        const auto describe = [](std::string_view type, const Blob& blob) -> json::object {
            return {{"mediaType", type}, {"digest", blob.digest.string()}, {"size", blob.size}};
        };
        std::vector<Descriptor> described;
        json::array list_of_layers;
        for (const Blob& layer : layers) {
            TRY_ASSIGN(const std::string start, blobs_.read_start(layer.digest, 4));
            std::string type(kOciLayer);
            if (start.starts_with("\x1f\x8b")) type += "+gzip";
            if (start.starts_with("\x28\xb5\x2f\xfd")) type += "+zstd";
            list_of_layers.push_back(describe(type, layer));
            described.push_back({.media_type = std::move(type), .blob = layer});
        }
        const json::object manifest = {{"schemaVersion", 2},
                                       {"mediaType", kOciManifest},
                                       {"config", describe(kOciConfig, config)},
                                       {"layers", std::move(list_of_layers)}};
        TRY_ASSIGN(Blob blob, blobs_.add(json::serialize(manifest)));
        belongs(blob);
        target_ = Descriptor{.media_type = std::string(kOciManifest), .blob = std::move(blob)};
        return add_image(config, described);
    }

    const std::map<std::string, Blob, std::less<>>& files_;
    BlobDirectory& blobs_;
    ArchiveNames names_;
    std::uint64_t parsed_ = 0;
    std::map<Digest, std::string> walked_;  // by media type
    std::set<Digest> known_;
    std::vector<Blob> belonging_;  // each once
    std::optional<Descriptor> target_;
    std::optional<ImageContent> content_;
};

}  // namespace

Result<ImageContent> read_archive_content(const std::map<std::string, Blob, std::less<>>& files,
                                          BlobDirectory& blobs, std::vector<Reference> allowed) {
    return ArchiveContentReader(files, blobs, std::move(allowed)).read();
}

}  // namespace pr_image::docker
