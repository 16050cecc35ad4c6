#pragma once

#include "plan/inputs.hpp"
#include "process/private_directory.hpp"
#include "text/error.hpp"

#include <string>
#include <vector>

namespace pr_image::docker {

/// Gives the content of a docker `config.json` with these logins and nothing else. Docker Hub's key is
/// `https://index.docker.io/v1/`, by all of its names (docker/cli, `cli/config/credentials`).
std::string config_json(const std::vector<plan::RegistryLogin>& logins);

/// Takes the logins that this run may use at the named hosts; gives those of them whose host is in `hosts`.
std::vector<plan::RegistryLogin> logins_for(const std::vector<std::string>& hosts,
                                            const std::vector<plan::RegistryLogin>& logins);

/// Writes `config.json` with these logins (which may be none) into the private directory, which then is what
/// DOCKER_CONFIG names. An Error says why the file could not be written.
Result<void> write_config(const process::PrivateDirectory& directory,
                          const std::vector<plan::RegistryLogin>& logins);

}  // namespace pr_image::docker
