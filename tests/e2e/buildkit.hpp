#pragma once

#include "e2e/runner.hpp"
#include "support/buildkit_relay.hpp"
#include "support/child_process.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pr_image::e2e {

/// A BuildKit for builders of the drivers `docker-container` and `remote`, which is the one in dockerd behind
/// a relay: BuildKit's own image is not to be had everywhere. The driver, its container, its volume and every
/// byte on the way are the real ones; what the container runs is tests/engine/buildkit_image_program.cpp.
///
/// With this object go the builders' containers and volumes that came of its image.
class Buildkit {
  public:
    /// Which engine's BuildKit: that of the stories, or that of another private engine. Only the latter has a
    /// store of its own, as BuildKit's own image has; where the engine of the stories is not private either,
    /// the story is skipped.
    enum class Of { kEngine, kOtherEngine };
    explicit Buildkit(Of of);
    ~Buildkit();
    Buildkit(const Buildkit&) = delete;
    Buildkit& operator=(const Buildkit&) = delete;

    /// Its address, for drivers that take one.
    [[nodiscard]] std::string endpoint() const;
    /// Inputs that make the step use a docker-container builder of this BuildKit, and `more` over them.
    [[nodiscard]] std::map<std::string, std::string> container_driver(
        std::map<std::string, std::string> more = {}) const;
    /// The names of the containers that builders have made of its image and that run.
    [[nodiscard]] std::vector<std::string> containers() const;
    /// `docker` with these arguments, at the engine whose BuildKit it is.
    [[nodiscard]] support::ChildResult docker(std::vector<std::string> arguments) const;

  private:
    std::unique_ptr<support::ChildProcess> other_engine_;
    std::string engine_socket_;
    std::unique_ptr<support::BuildkitRelay> relay_;
    std::string image_;
};

/// Takes what a step with a docker-container builder did; gives the name of that builder's container. The
/// name of the container's volume is that and `_state` (docker/buildx, driver/docker-container).
std::string builder_container(const Result& result);

}  // namespace pr_image::e2e
