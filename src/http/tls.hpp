#pragma once

#include "http/proxy.hpp"
#include "text/error.hpp"

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace pr_image::http {

/// Whom to trust. There is no way to trust everybody.
struct TlsOptions {
    std::string ca_file{};             ///< PEM bundle; with `ca_directory` empty too: the system's
    std::string ca_directory{};        ///< folders joined by `:`
    bool and_system = false;           ///< also the system's bundle or folder, whichever is not given above
    std::string client_certificate{};  ///< PEM file to show to the server; empty: none
    std::string client_key{};          ///< PEM file of its key
};

/// Takes SSL_CERT_FILE and SSL_CERT_DIR; each replaces its half of the system's certificates, as in Go's
/// crypto/x509, which buildx and the engine follow.
TlsOptions tls_from_environment(const Environment& environment);

/// Gives a client context for TLS 1.2 and newer that verifies every peer. Errors: a file that is named but
/// cannot be read, no CA certificates anywhere.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

}  // namespace pr_image::http
