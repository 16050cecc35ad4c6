#pragma once

#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "commands/run.hpp"
#include "registry/compose_index.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/reference.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pr_image::commands {

/// What one run of the program said.
struct MergeRun {
    int status = -1;
    std::string log;
    std::map<std::string, std::string> outputs;
};

/// A push to the branch `main` of acme/app, and the program as its job's step would start it.
class MergeWorld {
  public:
    MergeRun run(const std::map<std::string, std::string>& inputs) {
        support::write_file(
            folder.path() / "event.json",
            R"({"repository":{"id":1,"default_branch":"main","owner":{"login":"acme","type":"Organization"}}})");
        actions::Environment::Variables all{{"GITHUB_EVENT_NAME", "push"},
                                            {"GITHUB_REPOSITORY", "acme/app"},
                                            {"GITHUB_REPOSITORY_ID", "1"},
                                            {"GITHUB_REF", "refs/heads/main"},
                                            {"GITHUB_SHA", kCommit},
                                            {"GITHUB_ACTOR", "mona"},
                                            {"GITHUB_RUN_ID", "17"},
                                            {"GITHUB_RUN_ATTEMPT", "1"},
                                            {"GITHUB_WORKSPACE", folder.path().string()},
                                            {"GITHUB_EVENT_PATH", (folder.path() / "event.json").string()},
                                            {"INPUT_COMMAND", "merge"},
                                            {"INPUT_PLATFORMS", "linux/amd64,linux/arm64"}};
        for (const auto& [name, value] : variables)
            all[name] = value;
        for (const auto& [name, value] : inputs)
            all["INPUT_" + upper(name)] = value;
        MergeRun result;
        actions::Log log([&](std::string_view lines) { result.log += lines; }, false, actions::system_token);
        result.status = commands::run(actions::Environment(std::move(all)), log);
        for (const std::string_view line : text::lines(result.log)) {
            for (const std::string_view name : {"strategy", "digest", "ref", "pushed"}) {
                if (line.starts_with(fmt::format("{}=", name)))
                    result.outputs[std::string(name)] = line.substr(name.size() + 1);
            }
        }
        return result;
    }

    static const std::string kCommit;

    support::TemporaryFolder folder;
    actions::Environment::Variables variables;

  private:
    static std::string upper(std::string name) {
        for (char& c : name)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return name;
    }
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
    const std::string image = manifest("image");
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
