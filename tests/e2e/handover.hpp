#pragma once

#include "e2e/scene.hpp"
#include "fakes/results_service.hpp"

#include <cstdint>
#include <map>
#include <string>
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

    /// Removes every image of this scene from the engine, as on a new machine.
    void forget_images() const;
    /// What the cache service lets the run do: (ref, 1 read, 2 write, 3 both).
    std::vector<fakes::CacheScope> cache_scopes{{"refs/pull/42/merge", 3}, {"refs/heads/main", 1}};

    /// The artifacts that are complete.
    [[nodiscard]] std::vector<fakes::StoredArtifact> artifacts();
};

}  // namespace pr_image::e2e
