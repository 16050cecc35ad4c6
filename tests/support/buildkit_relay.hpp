#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace pr_image::support {

/// The BuildKit that is part of a Docker Engine, made reachable as a BuildKit of its own is: a port on which
/// its API is spoken from the first byte. dockerd serves that API on its own socket behind an HTTP request
/// for an upgrade (moby/moby, daemon/server/router/grpc), by which buildx's `docker` driver reaches it. Runs
/// on a thread of its own.
class BuildkitRelay {
  public:
    /// Takes the path of the engine's socket; listens on a free port of this machine's loopback. Throws
    /// boost::system::system_error when it cannot.
    explicit BuildkitRelay(const std::string& engine_socket);
    ~BuildkitRelay();
    BuildkitRelay(const BuildkitRelay&) = delete;
    BuildkitRelay& operator=(const BuildkitRelay&) = delete;

    [[nodiscard]] std::uint16_t port() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pr_image::support
