#pragma once

#include "http/client.hpp"
#include "http/url.hpp"
#include "text/error.hpp"

#include <string>

namespace pr_image::docker {

/// Where the Docker Engine's API is.
struct EngineEndpoint {
    http::Url url;                    ///< the origin that requests are made for
    http::ClientOptions transport{};  ///< the Unix socket, or proxies and certificates for TCP
    std::string name{};               ///< as a person knows it: "unix:///var/run/docker.sock"
};

/// Takes DOCKER_HOST (`unix:///path`, `tcp://host:port`; unset: /var/run/docker.sock), DOCKER_TLS_VERIFY and
/// DOCKER_CERT_PATH (`ca.pem`, `cert.pem`, `key.pem`; unset: `$HOME/.docker`). With either of the last two
/// the engine is talked to by TLS, which is then verified. Errors: a scheme that needs another program (ssh)
/// or another system (npipe, fd), a malformed address. Rule: docker CLI, "Environment variables".
Result<EngineEndpoint> engine_endpoint(const http::Environment& environment);

}  // namespace pr_image::docker
