#pragma once

#include "fakes/http_server.hpp"
#include "text/timestamp.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pr_image::fakes {

/// A package version, as GitHub keeps it.
struct FakeVersion {
    std::uint64_t id = 0;
    std::string digest;
    std::vector<std::string> tags;
    text::Timestamp created{};
    text::Timestamp updated{};
    std::uint64_t downloads = 0;
};

/// What GitHub's REST API says of a token.
struct ApiRights {
    bool see_packages = true;
    bool delete_packages = true;
    bool refusals_are_404 = false;  ///< a deletion that is not allowed is answered as if there were nothing
    bool see_pull_requests = true;
    bool pull_requests_are_404 = false;  ///< as in a private repository
    std::string login = {};  ///< whose `GET /user` it is; empty: an installation's token, which is nobody's
};

/// How a list's pages name one another.
enum class PageLinkStyle {
    usual,      ///< first, prev, next, last
    next_only,  ///< no last, as on some lists and behind some proxies
    none,       ///< something took the header away
    elsewhere,  ///< next is on another origin
    circle,     ///< next is the same page
    skipping    ///< next leaves a page out
};

/// A stand-in for the part of GitHub's REST API that clean-up uses: packages' versions, pull requests,
/// branches and accounts, with the refusals and the limits that GitHub has. Sources: REST API documentation,
/// "Packages", "Rate limits for the REST API"; the words of the refusals: kairos-io/kairos#4723,
/// chizkiyahu/delete-untagged-ghcr-action#40.
class GithubApi {
  public:
    /// A pull request's state.
    struct PullRequest {
        bool open = true;
        std::optional<text::Timestamp> closed_at = {};
        std::string head_sha = std::string(40, '0');
    };

    void add_token(const std::string& token, ApiRights rights);
    void add_account(const std::string& login, const std::string& type);
    /// Makes the package exist that `repository` ("acme/app/dev") names.
    void add_package(const std::string& repository);
    /// A manifest was pushed, under a tag or (empty) by its digest alone. A tag moves.
    void push(const std::string& repository, const std::string& digest, const std::string& tag,
              text::Timestamp now);
    void set_downloads(const std::string& repository, const std::string& digest, std::uint64_t downloads);
    void set_pull_request(const std::string& repository, std::uint32_t number, PullRequest state);
    void set_branches(const std::string& repository, std::vector<std::string> branches);

    /// From now on an hour has so many requests left, and 900 points a minute are all there is.
    void set_limit(std::size_t remaining, text::Timestamp reset);
    /// From now on all lists have such links, and an empty page of that number in their middle (0: none).
    void set_pages(PageLinkStyle style, std::size_t empty_page = 0);
    /// Somebody else deletes a version.
    void remove_version(const std::string& repository, const std::string& digest);
    /// The next request gets this answer instead of its own.
    void answer_next(Reply reply);
    /// Called, outside of any lock of this object, after a version was deleted.
    void on_deletion(std::function<void(const std::string& repository, const std::string& digest)> deleted);

    /// Every version of a package, newest first.
    [[nodiscard]] std::vector<FakeVersion> versions(const std::string& repository) const;
    /// The digest that a tag names, or "".
    [[nodiscard]] std::string digest_of(const std::string& repository, const std::string& tag) const;
    [[nodiscard]] std::vector<std::string> tags(const std::string& repository) const;
    [[nodiscard]] bool has(const std::string& repository, const std::string& digest) const;

    /// Takes a request below the API's URL (`/repos/…`); answers as GitHub does.
    Reply handle(const Seen& seen);

  private:
    struct Package {
        std::list<FakeVersion> versions;  ///< newest first
        std::unordered_map<std::string, std::list<FakeVersion>::iterator> by_digest;
        std::map<std::string, std::list<FakeVersion>::iterator> by_tag;
        std::map<std::uint64_t, std::list<FakeVersion>::iterator> by_id;
        std::map<std::uint64_t, FakeVersion> deleted;      ///< can be restored
        mutable std::vector<const FakeVersion*> in_order;  ///< empty: has to be made again
    };
    struct Route {
        std::vector<std::string> parts;  ///< of the path, percent-decoded
        std::map<std::string, std::string> query;
        const ApiRights* rights = nullptr;
        std::string url;  ///< of this list, without its page
        PageLinkStyle links = PageLinkStyle::usual;
        std::size_t empty_page = 0;
    };

    std::optional<Reply> limited(const Seen& seen);
    Reply route(const Seen& seen, std::string& deleted_repository, std::string& deleted_digest);
    Reply packages(const Seen& seen, const Route& route, const std::string& owner, std::size_t at,
                   std::string& deleted_repository, std::string& deleted_digest);
    static Reply list_versions(const Route& route, const Package& package);
    static Reply remove(Package& package, std::uint64_t id, std::string& digest);
    Reply pull_requests(const Route& route) const;
    static Reply restore(Package& package, std::uint64_t id);
    static void forget(Package& package, std::list<FakeVersion>::iterator version);

    mutable std::mutex mutex_;
    std::map<std::string, ApiRights> tokens_;
    std::map<std::string, std::string> accounts_;
    std::map<std::string, Package> packages_;
    std::map<std::string, std::map<std::uint32_t, PullRequest>> pull_requests_;
    std::map<std::string, std::vector<std::string>> branches_;
    std::deque<Reply> next_;
    PageLinkStyle links_ = PageLinkStyle::usual;
    std::size_t empty_page_ = 0;
    std::optional<std::size_t> remaining_;
    text::Timestamp reset_{};
    std::deque<std::pair<std::chrono::steady_clock::time_point, int>> spent_;
    std::function<void(const std::string&, const std::string&)> deleted_;
    std::uint64_t next_id_ = 1'000;
};

}  // namespace pr_image::fakes
