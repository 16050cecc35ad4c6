#pragma once

#include "fakes/http_server.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace pr_image::fakes {

/// A registry in memory, for tests of what a client says and hears: a 401 names the token service, which
/// takes Basic credentials and gives anybody who is who he says a token for whatever he asks; what that token
/// may really do comes out later, as 403 `DENIED`. Without credentials a token may read. For GHCR's own rules
/// see Ghcr.
class MemoryRegistry {
  public:
    struct Account {
        std::string password;
        bool may_write = false;
        bool may_delete = false;
    };

    explicit MemoryRegistry(std::map<std::string, Account> accounts = {}, ServerOptions options = {});
    ~MemoryRegistry();

    /// `127.0.0.1:port`, the registry part of image names.
    [[nodiscard]] std::string host() const;
    [[nodiscard]] const HttpServer& server() const;

    /// Stores a blob in every repository; gives its digest.
    std::string put_blob(const std::string& bytes);
    /// Stores a manifest; gives its digest. An empty tag: by digest only.
    std::string put_manifest(const std::string& repository, const std::string& tag,
                             const std::string& media_type, const std::string& bytes);
    /// The manifest under a tag or digest, or "".
    [[nodiscard]] std::string manifest(const std::string& repository, const std::string& reference) const;

    /// Makes every token given so far worthless, as if it had expired.
    void expire_tokens();
    /// How long tokens are said to be good for; 0: it is not said.
    void say_lifetime(int seconds);
    /// Uploads that were begun and not cancelled.
    [[nodiscard]] std::size_t open_uploads() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pr_image::fakes
