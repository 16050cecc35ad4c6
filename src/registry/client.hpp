#pragma once

#include "http/client.hpp"
#include "http/message.hpp"
#include "http/retry.hpp"
#include "registry/failure.hpp"
#include "registry/options.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// What a request needs to be allowed to do; a token is asked for exactly this (distribution,
/// docs/spec/auth/scope.md).
enum class Access { pull, push, remove };

/// Talks to registries by the OCI distribution spec; the verbs beside this file use it. Copies share tokens
/// and connections.
///
/// TLS is a must, except for loopback registries and the listed ones, which may speak plain HTTP as docker
/// allows. A credential goes to its own registry and to the https (or loopback, or listed) token service that
/// the registry's own origin names, nowhere else. Redirects to another origin are followed for what only
/// reads, without a credential, and nothing that is said there counts as the registry's challenge.
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

    /// As above, to a URL that the registry itself gave (a Location or Link), with its own retry policy. It
    /// has to be on the registry's own origin; any other is `unexpected`, and nothing is sent there.
    boost::asio::awaitable<Outcome<http::Response>> follow(std::string what, ImageName name, Access access,
                                                           http::Request request, http::RetryPolicy retry);

    [[nodiscard]] const ClientOptions& options() const;

  private:
    /// Takes a request to the registry's own origin.
    boost::asio::awaitable<Outcome<http::Response>> exchange(std::string what, ImageName name, Access access,
                                                             http::Request request, http::RetryPolicy retry);

    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace pr_image::registry
