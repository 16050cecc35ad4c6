#pragma once

#include "commands/pull/obtain.hpp"
#include "commands/session.hpp"
#include "docker/engine.hpp"
#include "plan/handover/pull.hpp"
#include "text/error.hpp"

#include <chrono>

namespace pr_image::commands {

/// Shows what is looked for, and where, before it is looked for.
void announce(Session& session, const plan::PullPlan& plan);

/// Writes the step's outputs and its summary, and shows where the image came from. An Error says which file
/// could not be written.
Result<void> report(Session& session, const plan::PullPlan& plan, const Obtained& obtained,
                    const docker::LocalImage& image, std::chrono::duration<double> took);

}  // namespace pr_image::commands
