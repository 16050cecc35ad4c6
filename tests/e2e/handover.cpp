#include "e2e/handover.hpp"

#include "support/child_process.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace pr_image::e2e {

Step Handover::step(const std::string& job, std::map<std::string, std::string> with) const {
    Step step = scene.step(std::move(with));
    step.env["ACTIONS_RESULTS_URL"] = results.url() + "/";
    step.env["ACTIONS_CACHE_URL"] = results.url() + "/";
    step.env["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({.job = job, .cache = cache_scopes});
    step.env["GITHUB_API_URL"] = results.url();
    return step;
}

Result Handover::run(const std::string& job, const std::map<std::string, std::string>& with) {
    return scene.job.run(step(job, with));
}

Result Handover::pull(const std::string& job, std::map<std::string, std::string> with) {
    forget_images();
    with.insert({"command", "pull"});
    return run(job, with);
}

void Handover::forget_images() const {
    const auto out = support::run({"docker", "image", "ls", "--all", "--quiet", "--no-trunc", "--filter",
                                   "reference=" + scene.image()})
                         .out;
    for (const auto id : text::lines(out))
        scene.engine.remove_image(std::string(id));
}

std::vector<fakes::StoredArtifact> Handover::artifacts() {
    std::vector<fakes::StoredArtifact> complete;
    results.with_artifacts([&](fakes::ArtifactService& service) {
        std::ranges::copy_if(service.artifacts(), std::back_inserter(complete),
                             &fakes::StoredArtifact::complete);
    });
    return complete;
}

}  // namespace pr_image::e2e
