#pragma once

#include "github/pages.hpp"
#include "text/digest.hpp"
#include "text/timestamp.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::github {

/// Whose account a package is in.
enum class OwnerKind { organization, user, unknown };

/// A container package, as the REST API addresses it.
struct Package {
    std::string path;      ///< "/orgs/acme/packages/container/app%2Fdev", or with "/users/mona" or "/user"
    std::string settings;  ///< the page where its access is set
    std::string name;      ///< "acme/app/dev"
};

/// One version: a manifest that the registry holds.
struct PackageVersion {
    std::uint64_t id = 0;
    Digest digest;
    std::vector<std::string> tags;
    std::optional<text::Timestamp> created;
    std::optional<text::Timestamp> updated;
};

struct VersionPage {
    std::vector<PackageVersion> versions;  ///< newest first
    PageLinks pages;
};

/// Takes the account, the package's name below it ("app/dev") and what is known of the account; gives the
/// package's address. Asks `GET /users/{login}` when the kind is unknown.
boost::asio::awaitable<Outcome<Package>> find_package(Api api, std::string server_url, std::string owner,
                                                      std::string name, OwnerKind kind);

/// Gives a page of the package's active versions, from 1. For a user's package that cannot be seen under its
/// owner's name, the token's own account is tried (not with an installation's token, which has none), and
/// `package` is changed to it. Errors: no such package or no right to see it, said with what to change; links
/// to other pages that lead astray (page_links()).
boost::asio::awaitable<Outcome<VersionPage>> list_versions(Api api, Package& package, std::size_t page);

/// Gives one version, or nothing when it is not there (any more).
boost::asio::awaitable<Outcome<std::optional<PackageVersion>>> get_version(Api api, Package package,
                                                                           std::uint64_t id);

/// How a deletion ended, if it was not a Failure.
struct Deletion {
    enum class Kind {
        deleted,
        absent,   ///< GitHub knows no such version: it is gone, or the token may not delete it
        refused,  ///< GitHub never deletes this one: the last tagged version, or more than 5,000 downloads
        denied    ///< the token may not delete versions of this package
    };
    Kind kind = Kind::deleted;
    std::string why = {};  ///< GitHub's own words
};

/// Deletes a version, with every tag that it carries.
boost::asio::awaitable<Outcome<Deletion>> delete_version(Api api, Package package, std::uint64_t id);

/// Gives what a person types to have a deleted version back, for 30 days.
std::string restore_command(const Package& package, std::uint64_t id);

/// Takes a page's JSON; gives its versions. Errors: no JSON list, an entry without an id or a digest.
Result<std::vector<PackageVersion>> parse_versions(std::string_view json);

/// Says what a person should change so that a token may delete versions of this package.
std::string how_to_allow_deletion(const Package& package, std::string_view token);

}  // namespace pr_image::github
