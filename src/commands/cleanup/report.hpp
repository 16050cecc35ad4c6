#pragma once

#include "commands/cleanup/backend.hpp"
#include "commands/session.hpp"
#include "plan/cleanup/report.hpp"
#include "text/error.hpp"

#include <string>
#include <vector>

namespace pr_image::commands::cleanup {

/// Shows what became of one image's manifests and tags; `backend` gives the commands that bring them back.
void show(Session& session, const plan::cleanup::Report& report, const Backend& backend);

/// A report, and the command that restores each line's manifest (empty where there is none).
struct Shown {
    plan::cleanup::Report report;
    std::vector<std::string> restore;
};

/// Writes the step's outputs and its summary. Errors: what kept an image from being cleaned up, deletions
/// that failed, or a file that could not be written. A limit that was reached is none of these.
Result<void> finish(Session& session, const std::vector<Shown>& images);

}  // namespace pr_image::commands::cleanup
