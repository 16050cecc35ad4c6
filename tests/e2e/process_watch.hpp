#pragma once

#include "e2e/scene.hpp"

#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace pr_image::e2e {

/// A process of a container, as the host's /proc shows it.
struct SeenProcess {
    std::vector<std::string> argv;
    std::string environment;  ///< NAME=VALUE entries, each ended by a line feed
    std::string
        docker_config;   ///< config.json of the folder that its DOCKER_CONFIG names; empty when there is none
    std::string limits;  ///< as /proc has them: one a line
};

/// Looks at the processes of one container again and again while a step runs.
class ProcessWatch {
  public:
    /// Takes the container's full id.
    explicit ProcessWatch(std::string container_id) : container_id_(std::move(container_id)) {}

    /// Looks once. What it sees is kept by process id; a process seen again replaces what was seen before.
    void look();

    /// Every process so far whose program's name contains `program`.
    [[nodiscard]] std::vector<SeenProcess> of(std::string_view program) const;
    [[nodiscard]] const std::map<pid_t, SeenProcess>& all() const { return seen_; }

  private:
    std::string container_id_;
    std::map<pid_t, SeenProcess> seen_;
};

/// Runs the step while looking at its processes, and checks its manners.
Result run_watched(Scene& scene, const Step& step, ProcessWatch& watch);

/// Whether this process may read other users' environments, which ProcessWatch needs.
bool may_watch_processes();

/// How many processes there are on this host whose argument vector contains `argument` as one element.
std::size_t count_processes_with(std::string_view argument);

}  // namespace pr_image::e2e
