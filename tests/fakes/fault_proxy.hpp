#pragma once

#include "fakes/fault.hpp"
#include "fakes/http_server.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pr_image::fakes {

/// Stands in front of a registry on a loopback port and hands every request on, but for the faults.
class FaultProxy {
  public:
    /// Takes the registry's port.
    explicit FaultProxy(std::uint16_t registry);

    /// The registry part of image names.
    [[nodiscard]] std::string host() const { return front_.authority(); }

    Faults faults;

    /// Every request so far, in order, without bodies.
    [[nodiscard]] std::vector<std::string> requests() const;

  private:
    [[nodiscard]] Reply forward(const Seen& seen) const;

    std::uint16_t registry_;
    HttpServer front_;
};

}  // namespace pr_image::fakes
