#pragma once

#include "commands/session.hpp"
#include "github/artifacts/results_service.hpp"
#include "github/artifacts/signed_url.hpp"
#include "github/artifacts/stored_artifact.hpp"
#include "github/artifacts/upload.hpp"
#include "plan/handover/pull.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace pr_image::commands {

/// Uploads the tar at `path` as the plan's artifact. Errors: no artifact service; those of upload().
boost::asio::awaitable<Result<github::artifacts::Uploaded>> store_artifact(Session& session,
                                                                           plan::ArtifactPlan artifact,
                                                                           std::string path);

/// Finds the artifact that the plan wants, in this run or in the one that it names. Errors: no artifact
/// service, no such artifact, no right to read it.
boost::asio::awaitable<Result<github::artifacts::StoredArtifact>> find_artifact(Session& session,
                                                                                const plan::PullPlan& plan);

}  // namespace pr_image::commands
