#pragma once

#include "registry/compose_index.hpp"
#include "text/sha256.hpp"
#include "unit/commands/run_world.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

namespace pr_image::commands {

/// A push to the branch `main` of acme/app, whose jobs have built for two platforms.
class MergeWorld : public RunWorld {
  public:
    MergeWorld() {
        event("push");
        variables["GITHUB_REF"] = "refs/heads/main";
        variables["INPUT_COMMAND"] = "merge";
        variables["INPUT_PLATFORMS"] = "linux/amd64,linux/arm64";
    }

    static const std::string kCommit;
};

inline const std::string MergeWorld::kCommit = std::string(40, 'b');

/// Where a test's registry takes blobs and manifests; both give the digest. An empty tag: by digest alone.
struct Shelf {
    std::function<std::string(const std::string& bytes)> put_blob;
    std::function<std::string(const std::string& tag, const std::string& type, const std::string& bytes)>
        put_manifest;
};

/// What the parts of a run are like, as `docker buildx build --push` leaves them.
struct PartSpec {
    std::string architecture = "amd64";
    bool attested = true;  ///< an index of the image and its attestation; otherwise the image alone
    std::string run = "17";
    std::string commit = MergeWorld::kCommit;
    std::string note = {};  ///< makes another image of the same labels
};

/// The digests of one part.
struct Staged {
    std::string tag;
    std::string image;
    std::string attestation;  ///< empty without one
    std::string top;          ///< what the tag holds
};

inline Staged stage(const Shelf& shelf, const PartSpec& spec = {}) {
    using boost::json::object;
    const std::string oci = "application/vnd.oci.image.";
    const std::string config =
        boost::json::serialize(object{{"os", "linux"},
                                      {"architecture", spec.architecture},
                                      {"config",
                                       {{"Labels",
                                         {{"org.opencontainers.image.revision", spec.commit},
                                          {"dev.pr-image.head-sha", spec.commit},
                                          {"dev.pr-image.run-id", spec.run}}}}}});
    const auto manifest = [&](const std::string& note) {
        return boost::json::serialize(object{{"schemaVersion", 2},
                                             {"mediaType", oci + "manifest.v1+json"},
                                             {"config",
                                              {{"mediaType", oci + "config.v1+json"},
                                               {"digest", shelf.put_blob(config)},
                                               {"size", config.size()}}},
                                             {"layers", boost::json::array()},
                                             {"annotations", {{"note", note}}}});
    };
    Staged staged{.tag = fmt::format("pr-image-staging-17-linux-{}", spec.architecture)};
    const std::string image = manifest("image" + spec.note);
    staged.image = shelf.put_manifest(spec.attested ? "" : staged.tag, oci + "manifest.v1+json", image);
    staged.top = staged.image;
    if (!spec.attested) return staged;
    const std::string attestation = manifest("attestation of " + staged.image);
    staged.attestation = shelf.put_manifest("", oci + "manifest.v1+json", attestation);
    const auto entry = [&](const std::string& digest, std::size_t size, const std::string& os,
                           const std::string& architecture) {
        return object{{"mediaType", oci + "manifest.v1+json"},
                      {"digest", digest},
                      {"size", size},
                      {"platform", {{"os", os}, {"architecture", architecture}}}};
    };
    object about = entry(staged.attestation, attestation.size(), "unknown", "unknown");
    about["annotations"] = {{"vnd.docker.reference.digest", staged.image},
                            {"vnd.docker.reference.type", "attestation-manifest"}};
    staged.top = shelf.put_manifest(
        staged.tag, oci + "index.v1+json",
        boost::json::serialize(object{
            {"schemaVersion", 2},
            {"mediaType", oci + "index.v1+json"},
            {"manifests",
             boost::json::array{entry(staged.image, image.size(), "linux", spec.architecture), about}}}));
    return staged;
}

/// The digests that an index names, in its order.
inline std::vector<std::string> listed(const std::string& index) {
    std::vector<std::string> digests;
    const Result<std::vector<registry::IndexEntry>> entries = registry::index_entries(index);
    if (!entries) return digests;
    for (const registry::IndexEntry& entry : *entries)
        digests.push_back(entry.descriptor.digest.string());
    return digests;
}

}  // namespace pr_image::commands
