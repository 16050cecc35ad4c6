#pragma once

#include "http/client.hpp"
#include "http/message.hpp"
#include "http/retry.hpp"
#include "registry/failure.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// A user for one registry.
struct Credential {
    std::string username;
    std::string password;
};

/// What a request needs to be allowed to do; a token is asked for exactly this (distribution,
/// docs/spec/auth/scope.md).
enum class Access { pull, push, remove };

/// What a Client knows of the registries it will meet.
struct ClientOptions {
    std::map<std::string, Credential, std::less<>> credentials{};  ///< by ImageName::host()
    std::vector<std::string> insecure_registries{};  ///< `host` or `host:port` that may do without TLS
    http::Timeouts timeouts{};
    http::RetryPolicy retry{};

    /// Sees every token that a token service gives, so that nobody shows it; may be empty.
    std::function<void(std::string_view secret)> mask{};
};

/// Talks to registries by the OCI distribution spec; the verbs beside this file use it. Copies share tokens
/// and connections.
///
/// TLS is a must, except for loopback registries and the listed ones, which may speak plain HTTP as docker
/// allows. A credential goes to its own registry and to the https (or loopback, or listed) token service that
/// the registry names, nowhere else.
class Client {
  public:
    Client(http::Client transport, ClientOptions options);

    /// Takes the repository, what is needed there, and a request whose URL's target is relative to
    /// `/v2/<name>/` ("manifests/latest"); gives the response, whatever its status, with the challenge
    /// answered where there was one. A failed transport is `unreachable`; a token service that refuses is
    /// `unauthorized` or `denied`. `what` begins the error ("Cannot push to …").
    boost::asio::awaitable<Outcome<http::Response>> send(std::string what, ImageName name, Access access,
                                                         http::Method method, std::string path,
                                                         http::Headers headers = {}, std::string body = {});

    /// As above, to a URL that the registry itself gave (a Location or Link), with its own retry policy.
    /// Credentials go with it only when it is on the registry's own origin.
    boost::asio::awaitable<Outcome<http::Response>> follow(std::string what, ImageName name, Access access,
                                                           http::Request request, http::RetryPolicy retry);

    [[nodiscard]] const ClientOptions& options() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Gives the `host[:port]` that serves an image's registry: Docker Hub's API is not at docker.io.
std::string api_host(const ImageName& name);

}  // namespace pr_image::registry
