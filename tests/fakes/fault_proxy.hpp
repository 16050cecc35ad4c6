#pragma once

#include "fakes/fault.hpp"
#include "fakes/http_server.hpp"
#include "fakes/test_ca.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::fakes {

/// Stands in front of a server on a loopback port and hands every request on, but for the faults.
class FaultProxy {
  public:
    struct Options {
        std::string name = {};             ///< the host that clients know it by; empty: address:port
        std::optional<Identity> tls = {};  ///< nothing: plain HTTP
    };

    /// Takes the server's port.
    explicit FaultProxy(std::uint16_t server);
    FaultProxy(std::uint16_t server, const Options& options);

    /// The registry part of image names.
    [[nodiscard]] std::string host() const;
    /// `http(s)://` + host() + `target`.
    [[nodiscard]] std::string url(const std::string& target) const;

    Faults faults;

    /// Every request so far, in order, without bodies.
    [[nodiscard]] std::vector<std::string> requests() const;

  private:
    [[nodiscard]] Reply pass_on(const Seen& seen) const;

    std::uint16_t server_;
    std::string name_;
    bool tls_;
    HttpServer front_;
};

}  // namespace pr_image::fakes
