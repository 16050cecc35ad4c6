#pragma once

#include "docker/build_failure.hpp"
#include "docker/build_metadata.hpp"
#include "docker/progress_log.hpp"
#include "docker/solve_status.hpp"
#include "plan/plan.hpp"
#include "process/exit_status.hpp"
#include "process/interruption.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::docker {

/// BuildKit's client of GitHub's cache service repeats an upload for many minutes; nobody should wait for
/// that.
constexpr std::chrono::minutes kCacheExportPatience{2};

/// A build that is ready to start.
struct BuildCommand {
    std::vector<std::string> argv;            ///< how buildx is started, then build_arguments()
    std::vector<std::string> environment;     ///< of buildx_environment()
    std::string directory;                    ///< where it starts: the workspace
    std::string metadata_file;                ///< the path that argv names
    std::chrono::milliseconds time_limit{0};  ///< of all of it; 0: none
    /// How long a cache may be written without a sign of progress.
    std::chrono::milliseconds cache_export_patience = kCacheExportPatience;
};

/// What came of a build.
struct BuildResult {
    process::ExitStatus exit;
    std::optional<BuildFailure> failure;             ///< there when `exit` is not ok
    BuildMetadata metadata;                          ///< empty when buildx wrote none
    std::vector<VertexWarning> checks;               ///< what the Dockerfile checks said
    std::vector<std::string> unwritten_caches = {};  ///< why, one line each
    std::map<std::string, std::string> pushed = {};  ///< `name:tag` and digest, also when `exit` is not ok
    ProgressLog::Count steps;
};

/// Runs buildx and gives its log to `sink`, line by line as it comes. A signal that arrives at `interruption`
/// is passed on, and buildx then has process::kGrace to end cleanly. So it is ended when its time is over
/// (FailureKind::timed_out; with FailureCause::timeout when it hung: nothing came for five minutes, or half
/// of the limit), and when a cache is written without progress (FailureKind::cache_export). An Error says
/// that buildx could not be started or wrote malformed metadata; a build that fails is a result.
boost::asio::awaitable<Result<BuildResult>> run_build(BuildCommand command, LineSink sink,
                                                      process::Interruption* interruption);

/// Takes a file name as BuildKit reports it, the plan's request and the workspace's absolute path; gives the
/// Dockerfile's path relative to the workspace for an annotation. Empty when the name is not that of this
/// build's Dockerfile in the workspace: a frontend can report any name.
std::string dockerfile_path(std::string_view reported, const plan::BuildRequest& request,
                            const std::string& workspace);

}  // namespace pr_image::docker
