#pragma once

#include "commands/cleanup/backend.hpp"
#include "commands/cleanup/manifest_cache.hpp"
#include "commands/cleanup/report.hpp"
#include "commands/session.hpp"
#include "github/api.hpp"
#include "plan/cleanup/execution.hpp"
#include "plan/cleanup/inputs.hpp"
#include "plan/cleanup/policy.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <memory>
#include <set>
#include <vector>

namespace pr_image::commands::cleanup {

/// What all images of one clean-up have in common: what is wanted, and the ways to carry it out.
class Preparation {
  public:
    /// Checks the inputs and opens the cache. Errors: an input that is wrong, no token where one is needed.
    static Result<Preparation> make(Session& session);

    [[nodiscard]] const std::vector<ImageName>& images() const { return images_; }
    [[nodiscard]] const plan::cleanup::Policy& policy() const { return policy_; }
    [[nodiscard]] const plan::cleanup::Inputs& inputs() const { return inputs_; }
    /// The time by which ages are told: the registry's or GitHub's where this machine's clock is ahead of
    /// theirs, for what is younger than its retention stays.
    [[nodiscard]] plan::cleanup::Timestamp now() const;
    /// GitHub's API with the job's own token.
    [[nodiscard]] const github::Api& api() const { return session_.github; }

    /// Gives the way to an image's registry.
    std::unique_ptr<Backend> backend(const ImageName& image);
    /// Gives what an execution on that registry is to do.
    [[nodiscard]] plan::cleanup::Orders orders(const Backend& backend) const;

    /// Gives and shows the report of an image that was not got at.
    Shown report(const ImageName& image, const Trouble& trouble) const;
    /// Gives and shows the report of an execution that has ended; `remarks` are what a person should know of
    /// how its facts were found out.
    Shown report(const ImageName& image, const Backend& backend, const plan::cleanup::Execution& execution,
                 const Outcome<void>& ended, std::vector<std::string> remarks);

    /// Writes the cache for the next run; failing that is a warning.
    void save_cache();

  private:
    Preparation(Session& session, plan::cleanup::Inputs inputs, std::vector<ImageName> images,
                ManifestCache cache);

    Session& session_;
    plan::cleanup::Inputs inputs_;
    plan::cleanup::Policy policy_;
    std::vector<ImageName> images_;
    ManifestCache cache_;
    std::set<Digest> seen_;  ///< what the cache shall keep
};

}  // namespace pr_image::commands::cleanup
