#pragma once

#include "commands/session.hpp"
#include "plan/plan.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::commands {

/// What carrying out a plan came to.
struct BuildOutcome {
    bool pushed = false;           ///< the registry holds the image under every tag
    bool loaded = false;           ///< the local engine holds it
    std::optional<Digest> digest;  ///< as the registry answers for the main tag
    std::optional<Digest> part;  ///< with `fan-out`: what buildx says it pushed, whatever a registry answers
    std::string image_id;        ///< digest of the image's configuration; empty when nobody knows it
    std::string metadata;        ///< buildx's metadata file, JSON; empty when nothing was built
    double seconds = 0;          ///< what the build took

    std::optional<plan::ArtifactPlan> artifact;  ///< uploaded
    std::uint64_t artifact_id = 0;
    bool parts_are_artifacts = false;  ///< other jobs have uploaded it, each platform by itself
    std::string artifact_digest;       ///< `sha256:` and hex digits, of the tar
};

/// Shows the plan before it is carried out: strategy, reason, names, builder; its warnings as annotations.
void announce(Session& session, const plan::Plan& plan);

/// Gives the whole plan as one line of JSON in the shape of README, "The plan", `argv` included.
std::string plan_line(const plan::Plan& plan, const plan::Facts& facts, const std::vector<std::string>& argv);

/// Writes the step's outputs and its summary, and shows where the image now is. An Error says which file
/// could not be written.
Result<void> report(Session& session, const plan::Plan& plan, const std::string& plan_json,
                    const BuildOutcome& outcome);

}  // namespace pr_image::commands
