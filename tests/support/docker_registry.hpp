#pragma once

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace pr_image::support {

/// How Debian's docker-registry asks who is there (CNCF distribution, "Configuring a registry", `auth`).
struct RegistryAuth {
    /// `user:bcrypt` lines; empty: none.
    std::string htpasswd = {};
    /// A token service: where it is, what it and the registry call themselves, and the PEM certificate whose
    /// key signs its tokens. An empty realm: none.
    std::string token_realm = {};
    std::string token_service = {};
    std::string token_issuer = {};
    std::string token_certificate = {};
};

/// Gives a line for RegistryAuth::htpasswd; docker-registry takes bcrypt only.
std::string htpasswd_line(const std::string& user, const std::string& password);

/// A real registry with a storage of its own, gone with this object. Needs docker-registry, which
/// `PR_IMAGE_TEST_REGISTRY` names or PATH has.
class DockerRegistry {
  public:
    struct Options {
        std::string address = "127.0.0.1";  ///< where it listens, on a free port
        RegistryAuth auth = {};
        bool allows_deletion = true;
        std::string tls_certificate = {};  ///< PEM; empty: plain HTTP
        std::string tls_key = {};          ///< PEM
    };

    /// Returns when it listens; throws std::runtime_error with its log when it does not.
    DockerRegistry();
    explicit DockerRegistry(const Options& options);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// `address:port`, the registry part of image names.
    [[nodiscard]] std::string host() const { return address_ + ":" + std::to_string(port_); }
    /// What it has logged so far.
    [[nodiscard]] std::string log() const;

    /// Whether docker-registry can be had here.
    static bool available();

  private:
    TemporaryFolder folder_;
    std::string address_;
    std::uint16_t port_ = 0;
    std::optional<ChildProcess> process_;
};

}  // namespace pr_image::support
