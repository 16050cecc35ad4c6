#pragma once

#include "plan/inputs.hpp"
#include "plan/who/grants.hpp"
#include "text/commit_sha.hpp"
#include "text/digest.hpp"
#include "text/pull_request_number.hpp"
#include "text/reference.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::plan {

enum class Strategy { push, fallback, skip };

/// A thing the user should know that does not stop the run.
struct Warning {
    std::string title;
    std::string message;
};

/// Which builder carries out the build, and why this one.
struct Builder {
    Driver driver = Driver::docker;  ///< never `automatic`
    std::string name;       ///< "default" is the engine's own; otherwise created or attached to by this name
    bool existing = false;  ///< the user named a builder that must already be there
    std::string why;
    std::vector<DriverOption> driver_opts;
    std::optional<WorkspacePath> buildkitd_config;
    std::string endpoint;
    std::vector<BuilderNode> nodes;  ///< in place of `endpoint`; each has `driver_opts` and its own
};

/// Where one solve's result goes. buildx gets the registry last, because its metadata file reports the digest
/// of the last exporter.
struct Outputs {
    bool load = false;               ///< into the local engine
    std::string tar;                 ///< docker-format tar at this path; empty: none
    bool registry = false;           ///< pushed under every tag
    std::vector<OutputEntry> given;  ///< what input `outputs` asks for
    bool given_push = false;         ///< one of `given` pushes
};

/// The tar of an image that later jobs download, through GitHub's artifact service.
struct ArtifactPlan {
    std::string name;  ///< of the artifact, and of the file in it
    std::uint32_t retention_days = 1;
};

/// What `docker buildx build` is asked to do, apart from names, caches and outputs.
struct BuildRequest {
    BuildSource context;
    BuildSource file;
    std::string target;
    std::vector<std::string> build_args;
    std::vector<NamedContext> build_contexts;
    std::vector<BuildSecret> secrets;
    std::vector<std::string> ssh;
    bool no_cache = false;
    std::vector<std::string> no_cache_filters;
    bool pull = false;
    std::vector<std::string> add_hosts;
    std::vector<std::string> allow;
    std::string call;  ///< what is asked of the Dockerfile instead of building it; empty: nothing
    std::string cgroup_parent;
    std::string network;
    std::string shm_size;
    std::vector<std::string> ulimits;
    std::vector<Attestation> attests;
};

/// docker/metadata-action's outputs, for steps that read them.
struct MetadataAnswer {
    std::string version;                 ///< the main tag
    std::vector<std::string> tags;       ///< whole names, as the workflow writes the images
    std::vector<std::string> tag_names;  ///< tags without a name
    std::vector<std::pair<std::string, std::string>> labels;  ///< by key
    std::vector<std::string> annotations;
};

/// Everything that this run will do. A value: carrying it out makes no further decision.
struct Plan {
    Command command = Command::build;
    Strategy strategy = Strategy::skip;
    std::string reason;  ///< one sentence
    std::vector<Warning> warnings;
    std::vector<std::string> remarks;  ///< sentences for the log

    std::string event_name;
    std::optional<PullRequestNumber> number;
    std::optional<CommitSha> sha;  ///< the commit that the tag names
    bool same_repository = true;
    Grants grants;  ///< what carrying it out may hand to the build and send away

    std::vector<ImageName> images;  ///< the main one first; never empty
    std::vector<Reference> tags;    ///< all names, the main one first; empty when skipping, and under
                                    ///< `metadata: none` where the inputs name none
    std::vector<std::pair<std::string, std::string>> labels;
    std::vector<std::string> annotations;
    MetadataAnswer metadata;
    std::vector<std::string> platforms;  ///< empty: the builder's own
    std::vector<CacheEntry> cache_from;
    std::vector<CacheEntry> cache_to;
    Builder builder;
    std::optional<Reference> emulator;  ///< run where the builder lacks a platform; pinned by digest
    Outputs outputs;
    std::vector<Reference> as;             ///< more names in the local engine, which has the image then
    std::optional<ArtifactPlan> artifact;  ///< `outputs.tar` is what it holds
    BuildRequest build;
    std::string
        hash;  ///< 64 hex digits over what makes the image what it is; also the label dev.pr-image.plan

    std::vector<std::string>
        login_hosts;              ///< registries whose credentials buildx may see; empty in a fork's build
    bool cache_service = false;   ///< buildx gets the run's cache token
    std::optional<Digest> reuse;  ///< this image is already there: build nothing
    std::optional<Digest> moved_from;  ///< the tag held this image, and will move
};

/// Gives the names that users see: "push", "fallback", "skip".
std::string_view to_string(Strategy strategy);

}  // namespace pr_image::plan
