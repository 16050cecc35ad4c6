#pragma once

#include "plan/build/attest_list.hpp"
#include "plan/build/build_source.hpp"
#include "plan/build/cache_list.hpp"
#include "plan/build/driver_options.hpp"
#include "plan/build/node_list.hpp"
#include "plan/build/output_list.hpp"
#include "plan/names/metadata/flavor.hpp"
#include "plan/names/metadata/rule.hpp"
#include "plan/names/tag_grammar.hpp"
#include "plan/secret.hpp"
#include "text/commit_sha.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"
#include "text/reference.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::plan {

/// The raw inputs by the name that action.yml gives them ("cache-from"), as the runner passed them.
using InputMap = std::map<std::string, std::string, std::less<>>;

enum class Command { build, merge, pull, plan, cleanup };
enum class MissingCredentials { automatic, fallback, skip, fail };
enum class CacheKind { automatic, gha, registry, none };
enum class Driver { automatic, docker, docker_container, remote, kubernetes };
enum class PushWish { automatic, yes, no };
enum class ShaChoice { head, merge };
/// `none`: no tag, label, annotation or cache but those that the inputs spell out.
enum class MetadataMode { own, none };
/// Where a later job may take the image from; `automatic` tries all of them in this order.
enum class Handover { automatic, registry, artifact, cache };
enum class ArtifactWish { automatic, always, never };

/// Gives the names that the input and buildx use: "docker", "docker-container", "remote", "kubernetes",
/// "auto".
std::string_view to_string(Driver driver);

/// A user and password (or token) for one registry.
struct RegistryLogin {
    std::string host;
    std::string username;
    Secret password;
};

/// One value that a `RUN --mount=type=secret,id=…` may read.
struct BuildSecret {
    std::string id;
    Secret value;                                      ///< used when `file` is empty
    std::optional<WorkspacePath> file = std::nullopt;  ///< holds it
};

/// How often a build is tried, and for how long.
struct RetryLimits {
    unsigned attempts = 3;                          ///< the first one included
    std::chrono::seconds wait{10};                  ///< before the second one; doubles after that
    std::chrono::seconds attempt_timeout{25 * 60};  ///< of one attempt; 0: none
};

/// Which pull request and commit the workflow says it is about.
struct SubjectInputs {
    ShaChoice sha = ShaChoice::head;
    std::optional<CommitSha> given_sha;  ///< `sha: <hex>`, for events that do not name a commit
    std::optional<PullRequestNumber> pr_number;
};

/// What the image is called.
struct NamingInputs {
    std::vector<ImageName> images;  ///< where to push, the main one first; empty: registry/owner/name
    std::vector<std::string> image_spellings;  ///< of each image, as the workflow writes it, in lower case
    std::string registry = "ghcr.io";
    std::string pr_tag{kDefaultPullRequestTag};
    std::string variant;
    MetadataMode metadata_mode = MetadataMode::own;
    std::vector<metadata::Rule> tag_rules;  ///< input `tags`, the highest priority first; empty: our defaults
    metadata::Flavor flavor;
    std::vector<Reference> exact_tags;  ///< input `tags` under `metadata: none`
    std::size_t short_sha_length = 7;
    std::vector<std::string> protected_tags;
    std::vector<std::pair<std::string, std::string>> labels;    ///< templates and all
    std::vector<std::string> annotations;                       ///< as buildx takes them, templates and all
    std::vector<std::string> annotation_levels = {"manifest"};  ///< for annotations that name none
};

/// What this step may log in with.
struct CredentialInputs {
    std::vector<RegistryLogin> logins;  ///< at most one for each registry
    Secret token;                       ///< the GitHub token
    Secret git_token;                   ///< for a context that BuildKit fetches from GitHub
};

/// Whether to build, and whether to push.
struct StrategyInputs {
    MissingCredentials missing_credentials = MissingCredentials::automatic;
    bool build_untrusted = false;  ///< `untrusted: build`
    bool probe = true;
    bool reuse = true;
    PushWish push = PushWish::automatic;
};

struct PlatformInputs {
    std::vector<std::string> wanted;
    std::vector<std::string> pull_request = {"linux/amd64"};
    bool fan_out = false;  ///< this job builds one platform, which `command: merge` puts together with others
};

struct CacheInputs {
    CacheKind kind = CacheKind::automatic;
    std::vector<CacheEntry> from;
    std::vector<CacheEntry> to;
};

struct BuilderInputs {
    Driver driver = Driver::automatic;
    std::string name;  ///< of a builder that exists
    std::vector<DriverOption> driver_opts;
    std::optional<WorkspacePath> buildkitd_config;
    std::string endpoint;
    std::vector<BuilderNode> nodes;       ///< the builder's, where it has several
    std::optional<Reference> qemu_image;  ///< installs emulators (`qemu: auto`); pinned by digest
    bool remove = false;                  ///< in the post step, if this run made it
};

/// What is built, and where else the result goes.
struct BuildInputs {
    BuildSource context = {"."};  ///< an address may begin with `{{defaultContext}}`
    BuildSource file;             ///< without a path: one in the fetched context, or empty
    std::string target;
    std::vector<std::string> build_args;
    std::vector<NamedContext> build_contexts;
    std::vector<BuildSecret> secrets;
    /// Ids whose value is empty, as those of forks and Dependabot are.
    std::vector<std::string> empty_secrets;
    std::vector<std::string> ssh;
    bool no_cache = false;
    std::vector<std::string> no_cache_filters;
    bool pull = false;
    std::vector<std::string> add_hosts;
    std::vector<std::string> allow;
    std::string call;
    std::string cgroup_parent;
    std::string network;
    std::string shm_size;
    std::vector<std::string> ulimits;
    std::vector<Attestation> attests;  ///< at most one of each type
    std::optional<Attestation> provenance;
    std::optional<Attestation> sbom;
    bool default_attestations = true;  ///< provenance where nobody speaks of it
    std::vector<OutputEntry> outputs;  ///< where else the result goes
};

/// What a job with `fan-out: true` gave as its output `part`.
struct GivenPart {
    std::optional<ImageName> name;  ///< where the line names it
    Digest digest;
};

/// How a later job gets the image, and how this one gets an earlier job's.
struct HandoverInputs {
    bool load = false;
    ArtifactWish artifact = ArtifactWish::automatic;
    std::uint32_t retention_days = 1;
    std::string base_image;  ///< the build argument that names the base; empty: none
    Handover from = Handover::automatic;
    std::optional<Reference> ref;  ///< the producer's output `ref`
    std::vector<Reference> as;     ///< more names for the image in the local engine
    std::chrono::seconds wait{0};  ///< how long to wait for an image that is still being pushed
    std::string run_id;            ///< another run, whose artifact is wanted; empty: this one
    /// For `command: merge`: exactly these, in place of what staging tags hold. Given but empty: no job built
    /// one.
    std::optional<std::vector<GivenPart>> parts;
};

struct LimitInputs {
    RetryLimits retry;
    std::chrono::seconds timeout{0};  ///< of the whole command; 0: none
};

/// What the workflow asked for: typed, checked against its grammar, with the defaults that do not depend on
/// the event filled in. Empty strings and lists mean "not given". A part for each question that the plan
/// answers: a function takes the part that it needs.
struct Inputs {
    Command command = Command::build;
    SubjectInputs subject;
    NamingInputs naming;
    CredentialInputs credentials;
    StrategyInputs strategy;
    PlatformInputs platforms;
    CacheInputs cache;
    BuilderInputs builder;
    BuildInputs build;
    HandoverInputs handover;
    LimitInputs limits;
};

}  // namespace pr_image::plan
