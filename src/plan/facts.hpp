#pragma once

#include "plan/names/metadata/context.hpp"
#include "text/commit_sha.hpp"
#include "text/reference.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan {

/// The Docker Engine that will hold the image.
struct EngineFacts {
    std::string version;   ///< "28.5.2"
    std::string platform;  ///< "linux/amd64"
    bool containerd_image_store =
        false;  ///< then the docker driver pushes, exports caches, builds several platforms
};

/// The buildx that will build it.
struct BuildxFacts {
    std::string version;      ///< "0.29.1"
    bool standalone = false;  ///< the plugin binary itself can be started
};

/// What a registry says to a push of a name with these credentials, asked before anything is built.
enum class PushAccess { accepted, denied, unauthorized, unreachable, not_probed };

struct PushFacts {
    PushAccess access = PushAccess::not_probed;
    std::string why;  ///< the registry's own words, printable; empty when accepted
};

/// GitHub's cache service as this run may use it.
struct CacheServiceFacts {
    bool readable = false;
    bool writable = false;
    /// The refs whose caches its token may write; absent where the token does not say.
    std::optional<std::vector<std::string>> writes = {};
};

/// What the registry already holds under the ephemeral tag.
struct ExistingImage {
    Digest digest;  ///< of the index, where there is one
    Digest config;  ///< of its configuration on one platform
    std::map<std::string, std::string> labels;
};

/// The image that a build stands on (input `base-image`), as it was found and verified.
struct BaseImage {
    Reference reference;  ///< pinned by digest where the registry has it
    std::string layout;   ///< otherwise a folder with an OCI layout that holds it; empty: the registry has it
    std::optional<Digest> digest;  ///< of the image in `layout`; there when that is
};

/// A folder that a build reads beside its context: the Dockerfile's, or that of an additional context.
struct SideFolder {
    std::string name;  ///< relative to the workspace, printable
    std::optional<CommitSha>
        checked_out;  ///< in the checkout that holds it; nothing: none whose commit is known
};

/// A file of a checkout in which git keeps credentials, such as the job's token, where a build can read it.
struct CredentialFile {
    std::string path;         ///< relative to the workspace, printable
    std::string holds;        ///< what kind of credential, in words; never the credential
    bool in_context = false;  ///< a build context is sent with it: no ignore file leaves it out
};

/// What GitHub's API says of a pull request that the event itself does not describe.
struct PullRequestFacts {
    std::uint64_t head_repository_id = 0;  ///< 0: the head repository is gone
    CommitSha head_sha;
    bool open = true;
};

/// What only a look can tell. Absent means "not looked" or "not found": each rule says which it assumes.
struct Facts {
    bool probed = false;  ///< false under `probe: false`: then every look is assumed to end well
    std::optional<EngineFacts> engine;
    std::string engine_problem;  ///< why `engine` is absent
    std::optional<BuildxFacts> buildx;
    std::map<std::string, PushFacts> push;  ///< by image name
    CacheServiceFacts cache_service;
    bool artifact_service = false;         ///< the run's artifacts can be written and read
    std::string temp_directory;            ///< where large files of this job go
    std::optional<CommitSha> checked_out;  ///< in the checkout that holds the build context
    std::vector<SideFolder> beside;        ///< those that another checkout holds than the context, or none
    std::vector<CredentialFile> credentials;
    std::string
        credentials_unchecked;  ///< where more of them may be, and why that is not known; empty: nowhere
    std::optional<ExistingImage> existing;
    std::optional<PullRequestFacts> pull_request;
    std::optional<BaseImage> base;
    std::string builder_driver;  ///< of the existing builder that input `builder` names
    std::string now;             ///< RFC 3339, UTC, for `org.opencontainers.image.created` and templates
    std::optional<text::Timestamp> commit_date;  ///< of the commit, asked only where a template needs it
    metadata::TimeZones time_zones;              ///< those that templates name and that exist
};

}  // namespace pr_image::plan
