#pragma once

#include "docker/variables.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// The buildx that this run uses.
struct Buildx {
    std::vector<std::string>
        program;              ///< how to start it: the plugin binary's path, or docker's and "buildx"
    std::string version;      ///< "0.29.1"; empty when it does not say
    bool standalone = false;  ///< the plugin binary itself is started
};

/// Looks for buildx. In the action's image that is the image's own, beside which the Dockerfile puts its
/// version in a file: what earlier steps of the job can write, such as ~/.docker and the folders on PATH,
/// does not come before it, since it gets this run's credentials. On a machine without it, docker's order
/// (docker/cli, `cli-plugins/manager`): $DOCKER_CONFIG or ~/.docker, then the system's folders; then
/// `docker-buildx`, `buildx` and `docker` on PATH. The version comes from a file `docker-buildx.version`
/// beside the binary, which costs no process, or from the program. `root` is where the system's folders are.
/// An Error says that there is none.
boost::asio::awaitable<Result<Buildx>> find_buildx(Variables own, std::string root = {});

/// Takes what `buildx version` prints; gives the version alone ("0.29.1"), or nothing when there is none.
std::string version_of(std::string_view printed);

/// The folders of one run that buildx is pointed at.
struct BuildxFolders {
    std::string config;     ///< with this run's config.json: DOCKER_CONFIG
    std::string temporary;  ///< TMPDIR
    std::string builders;   ///< the list of builders: BUILDX_CONFIG
};

/// Gives where buildx keeps its builders for this user, as it would find it itself with the user's own
/// configuration: $BUILDX_CONFIG, or `buildx` in $DOCKER_CONFIG or ~/.docker. Empty without any of them. Any
/// earlier step can write there, and a record of any name, `default` among them, says where a build and its
/// credentials go: it is for the builder that input `builder` names, and for no other.
std::string builders_folder(const Variables& own);

/// Gives the list of builders for a build in this private folder: the user's own for a builder that the
/// workflow names, else one that begins empty and is gone with the run.
std::string builders_for(const plan::Builder& builder, const Variables& own,
                         const std::string& private_folder);

/// What a plan lets buildx have besides.
struct BuildxGrants {
    bool ssh_agent = false;              ///< this user's SSH agent
    std::vector<std::string> variables;  ///< `NAME=value`, such as the cache service's address and token
};

/// Takes this process's own variables; gives the whole environment of buildx. Of the own ones only those pass
/// that say how to reach the engine, proxies and certificates; a secret only by a grant. Rule: README, "How
/// it stays safe".
std::vector<std::string> buildx_environment(const Variables& own, const BuildxFolders& folders,
                                            const BuildxGrants& grants);

}  // namespace pr_image::docker
