#pragma once

#include "e2e/checkout.hpp"
#include "e2e/event.hpp"
#include "support/child_process.hpp"
#include "support/docker_registry.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace pr_image::bench {

/// A pull request as a job on this machine would see it, without a container, and a registry of its own.
class Job {
  public:
    Job(const e2e::PullRequestSpec& spec, const e2e::Files& base, const e2e::Files& change);

    /// The variables and the folder in which `build/pr-image` is started as an action, `more` in place of the
    /// job's own; the files for its outputs are empty again.
    [[nodiscard]] support::ChildOptions options(std::map<std::string, std::string> more = {}) const;
    /// The same folder for commands that are no action.
    [[nodiscard]] support::ChildOptions plain() const { return {.directory = workspace_}; }

    [[nodiscard]] const std::filesystem::path& workspace() const { return workspace_; }
    [[nodiscard]] std::string image() const { return registry_.host() + "/acme/app"; }
    /// The name that a build gives its image.
    [[nodiscard]] std::string tagged() const { return image() + ":" + tag_; }

  private:
    support::TemporaryFolder folder_{"pr-image-bench-"};
    support::DockerRegistry registry_;
    std::filesystem::path workspace_;
    std::string tag_;
    std::map<std::string, std::string> variables_;
};

}  // namespace pr_image::bench
