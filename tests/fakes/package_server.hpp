#pragma once

#include "fakes/github_api.hpp"
#include "fakes/http_server.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

/// GitHub's REST API (below `/api/v3`) and its container registry in one server in this process, with
/// packages in memory: for what a client asks, in which order, how often and how fast. For images that docker
/// can push and pull see Ghcr. Tags live in api(): what is deleted there is gone here. A manifest cannot be
/// deleted through the registry (405, as at GHCR).
class PackageServer {
  public:
    struct Options {
        std::chrono::milliseconds latency{0};  ///< of every answer
        std::optional<std::chrono::seconds> clock_behind =
            {};  ///< ours, in every answer's Date; absent: no Date
        /// What the registry does with a deletion: it knows none (GHCR), it deletes, or it answers one that
        /// the user may not do as if there were nothing.
        enum class Deletion { unsupported, allowed, refused_as_404 };
        Deletion deletion = Deletion::unsupported;
        std::string registry_token = {};  ///< the password that the token service takes; empty: no tokens
    };

    PackageServer();
    explicit PackageServer(Options options);

    [[nodiscard]] GithubApi& api() { return api_; }
    [[nodiscard]] const GithubApi& api() const { return api_; }
    /// GITHUB_API_URL.
    [[nodiscard]] std::string api_url() const { return server_->url("/api/v3"); }
    /// The registry part of image names.
    [[nodiscard]] std::string host() const { return server_->authority(); }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] std::vector<Seen> requests() const { return server_->requests(); }
    [[nodiscard]] std::size_t connections() const { return server_->connections(); }

    /// Stores a manifest, under a tag or (empty) by its digest alone; gives its digest.
    std::string push(const std::string& repository, const std::string& tag, const std::string& media_type,
                     const std::string& bytes, text::Timestamp now);
    /// Stores a blob in every repository; gives its digest.
    std::string put_blob(const std::string& bytes);
    /// An image with a configuration that has these labels; `name` makes its content its own.
    std::string push_image(const std::string& repository, const std::string& tag, const std::string& name,
                           text::Timestamp now, const std::map<std::string, std::string>& labels = {});
    /// An index of these manifests.
    std::string push_index(const std::string& repository, const std::string& tag,
                           const std::vector<std::string>& children, text::Timestamp now);
    /// A manifest that refers to another one as its subject.
    std::string push_referrer(const std::string& repository, const std::string& tag,
                              const std::string& subject, text::Timestamp now);
    /// Makes the registry unable to give a manifest.
    void break_manifest(const std::string& digest);
    /// Called before every request is handled, on the server's thread.
    void on_request(std::function<void(const Seen&)> hook);
    /// Whether the registry can give the manifest and everything that it refers to.
    [[nodiscard]] bool whole(const std::string& repository, const std::string& reference) const;

  private:
    struct Content {
        std::string media_type;
        std::string bytes;
        std::vector<std::string> children;
    };

    Reply handle(const Seen& seen);
    Reply registry(const Seen& seen);
    Reply token(const Seen& seen) const;
    Reply manifest(const Seen& seen, const std::string& repository, const std::string& reference);
    Reply tag_list(const Seen& seen, const std::string& repository) const;
    [[nodiscard]] bool is_there(const std::string& repository, const std::string& digest) const;

    Options options_;
    GithubApi api_;
    mutable std::mutex mutex_;
    std::map<std::string, Content> manifests_;  ///< by digest
    std::map<std::string, std::string> blobs_;
    std::map<std::string, bool> broken_;
    std::function<void(const Seen&)> hook_;
    std::unique_ptr<HttpServer> server_;
};

}  // namespace pr_image::fakes
