#pragma once

#include "fakes/github_api.hpp"
#include "fakes/http_server.hpp"
#include "fakes/test_ca.hpp"
#include "support/docker_registry.hpp"
#include "support/http_client.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

/// What GitHub's container registry knows of a token that somebody presents as a password.
struct GhcrPermission {
    bool read = true;
    bool write = true;
};

/// A stand-in for ghcr.io: a real docker-registry with real token authentication, its token service, and in
/// front of both a proxy for the answers in which GHCR differs from docker-registry:
///   - `GET /v2/` names the useless scope `repository:user/image:pull`;
///   - the token service gives a token for less than was asked, without saying so; without credentials it
///   answers
///     401 unless the package is public, with a wrong token 403;
///   - what a token may not do is answered 403 DENIED, `permission_denied: write_package`, without a
///   challenge;
///   - a manifest cannot be deleted (405): that is what the Packages API is for, which knows every manifest
///   that was pushed, and is below `/api/v3` on the same server.
/// The sources are public reports: actions' logs in tuna-os/tunaOS#642, renovatebot/renovate#11446,
/// openai/tunnel-client#75, kedacore/http-add-on#48.
class Ghcr {
  public:
    struct Options {
        std::string address = "127.0.0.1";  ///< where it listens
        std::uint16_t port = 0;             ///< on this port, or on a free one
        std::string name = {};              ///< the host that clients know it by; empty: address:port
        std::optional<Identity> tls = {};   ///< nothing: plain HTTP
    };

    /// A request for the registry itself, and what became of it.
    struct Request {
        std::string method;
        std::string target;
        int status = 0;
        bool authenticated = false;  ///< it had an Authorization header
    };

    Ghcr();
    explicit Ghcr(const Options& options);

    /// The registry part of image names.
    [[nodiscard]] std::string host() const;
    /// Makes a token known.
    void add_token(const std::string& token, GhcrPermission permission);
    /// From now on each token that the token service gives expires after so many requests to the registry.
    void tokens_expire_after(std::size_t requests);
    /// How many requests came with a token that had expired.
    [[nodiscard]] std::size_t expired_requests() const;
    /// Lets everybody pull a package.
    void make_public(const std::string& repository);

    /// GitHub's REST API over the packages that are here.
    [[nodiscard]] GithubApi& api() { return api_; }
    /// GITHUB_API_URL.
    [[nodiscard]] std::string api_url() const;

    /// While it is true, everything is answered with 503.
    void out_of_service(bool out) { out_ = out; }

    /// Every request below `/v2/` so far.
    [[nodiscard]] std::vector<Request> requests() const;
    /// Those that could have changed something, by their method.
    [[nodiscard]] std::vector<Request> writes() const;
    /// The digests of the blobs of a repository that were given to somebody so far, one entry each time.
    [[nodiscard]] std::multiset<std::string> blobs_given(const std::string& repository) const;
    /// The tokens that came to the token service as passwords so far, also wrong ones.
    [[nodiscard]] std::set<std::string> passwords_seen() const;
    /// Everything that came so far, as text, to look for something that should not be in it.
    [[nodiscard]] std::string everything_received() const;

    /// Asks the registry behind for something with all rights, past GHCR's rules and unrecorded.
    [[nodiscard]] support::HttpResponse ask(std::string_view method, const std::string& repository,
                                            const std::string& rest, const support::HttpFields& fields = {},
                                            std::string_view body = {}) const;

  private:
    Reply handle(const Seen& seen);
    Reply give_token(const Seen& seen);
    Reply ask_registry(const Seen& seen);
    bool is_expired(const std::string& authorization);
    void note_push(const Seen& seen, const Reply& reply);

    mutable std::mutex mutex_;
    GithubApi api_;
    std::atomic<bool> out_ = false;
    std::map<std::string, GhcrPermission> tokens_;
    std::set<std::string> public_;
    std::optional<std::size_t> token_uses_;
    std::map<std::string, std::size_t> used_;  ///< how often each Authorization came
    std::size_t expired_ = 0;
    std::vector<Request> requests_;
    std::set<std::string> passwords_;
    TestCa ca_;
    Identity signer_;
    std::string name_;
    std::unique_ptr<HttpServer> front_;
    std::unique_ptr<support::DockerRegistry> registry_;
};

}  // namespace pr_image::fakes
