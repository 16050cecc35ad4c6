#pragma once

#include "e2e/recipes.hpp"
#include "e2e/scene.hpp"
#include "fakes/results_service.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::e2e {

/// A scene whose run has GitHub's Results service: artifacts and the cache.
class Handover {
  public:
    Handover() = default;

    Scene scene;
    fakes::ResultsService results;

    /// The action's step in the run's job of that name, which has a token of its own.
    [[nodiscard]] Step step(const std::string& job, std::map<std::string, std::string> with = {}) const;
    /// `step(job, with)`, carried out.
    Result run(const std::string& job, const std::map<std::string, std::string>& with = {});
    /// `command: pull` on a machine that has no image of this scene.
    Result pull(const std::string& job, std::map<std::string, std::string> with = {});

    /// Takes a recipe's job that uses the action, and what its expressions are worth; gives that step's
    /// inputs, with this scene's registry in place of GitHub's.
    [[nodiscard]] std::map<std::string, std::string> inputs(
        const Recipe& recipe, const std::string& job,
        const std::map<std::string, std::string>& contexts = {}) const;

    /// Removes every image of this scene from the engine.
    void forget_images() const;
    /// Removes them and all that builds have left in the engine, as on a new machine: a builder keeps the
    /// layers that it has made, and whoever pulls them would find them there.
    void forget_everything() const;
    /// What the cache service lets the run do: (ref, 1 read, 2 write, 3 both).
    std::vector<fakes::CacheScope> cache_scopes{{"refs/pull/42/merge", 3}, {"refs/heads/main", 1}};
    /// The one ref of the cache that the service lets the run write, whatever its token says.
    std::string cache_ref = "refs/pull/42/merge";

    /// The artifacts that are complete.
    [[nodiscard]] std::vector<fakes::StoredArtifact> artifacts();
};

/// The README's recipe under "Later jobs get exactly that image" that shows this.
const Recipe& later_job(std::string_view shows);
/// The README's workflow to copy.
const Recipe& workflow_to_copy();

/// Takes a recipe's job and what its use of the action did; gives what `${{ needs.JOB.outputs.… }}` is worth
/// in later jobs.
std::map<std::string, std::string> outputs_of(const Recipe& recipe, const std::string& job,
                                              const Result& result);

/// What `${{ matrix.… }}` is worth in one job of several.
std::map<std::string, std::string> matrix_contexts(const std::map<std::string, std::string>& combination);

}  // namespace pr_image::e2e
