#pragma once

#include "e2e/checkout.hpp"
#include "e2e/engine.hpp"
#include "e2e/event.hpp"
#include "e2e/registry_view.hpp"
#include "e2e/runner.hpp"
#include "fakes/ghcr.hpp"

#include <map>
#include <optional>
#include <string>

namespace pr_image::e2e {

/// The network of a story's containers. The registry is on this machine's loopback, because that is the one
/// place where docker, buildx and the engine all take a registry without a certificate, under one name; a
/// container reaches it only in the host's network. GitHub's runner passes `--network` as well, for a job
/// with services. The story of the registry with TLS runs on the engine's default bridge, as a job without
/// services does.
inline constexpr const char* kHostNetwork = "host";

/// The stage of a story: an engine, a GHCR of its own, and a job with a token that may push.
class Scene {
  public:
    explicit Scene(const fakes::Ghcr::Options& options = {});
    ~Scene();
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    const Engine engine;
    fakes::Ghcr ghcr;
    const RegistryView registry;
    support::TemporaryFolder folder;
    const std::string token;          ///< `github.token`, known to the registry
    const std::string runtime_token;  ///< ACTIONS_RUNTIME_TOKEN
    Job job;
    Commits commits;

    /// A pull request is pushed to, and its merge is checked out.
    void pull_request(const Files& base, const Files& changes = {{"change", "1\n"}},
                      const PullRequestSpec& spec = {});
    /// As `pull_request`, for the event that runs at the base branch.
    void pull_request_target(const Files& base, const Files& changes, const PullRequestSpec& spec,
                             CheckedOut what = CheckedOut::kBase);
    /// A branch is pushed to, and checked out.
    void push(const Files& files, const std::string& branch = "main");

    /// The action's step with the inputs that make it use this scene's registry, and `more` over them.
    [[nodiscard]] Step step(std::map<std::string, std::string> more = {}) const;
    /// `step(more)`, carried out.
    Result run(const std::map<std::string, std::string>& more = {});

    /// The repository's name in the registry.
    [[nodiscard]] std::string repository() const { return "acme/app"; }
    /// The image's name without a tag.
    [[nodiscard]] std::string image() const { return ghcr.host() + "/" + repository(); }
    /// The tag of pull request 42.
    [[nodiscard]] std::string tag() const { return "pr-42-" + commits.head; }

    /// Every file that the job's folders hold, git's own left out: path → content.
    [[nodiscard]] Files files_left() const;
    /// Whether a secret of this scene is in a text, as it is or as a registry's credentials have it.
    [[nodiscard]] bool holds_secret(std::string_view text) const;
};

/// A Dockerfile of one stage, `app`, and one file, which needs no base image.
Files copy_only_app();
/// A Dockerfile with these instructions on top of busybox.
Files busybox_app(const std::string& instructions);

}  // namespace pr_image::e2e
