#include "github/packages.hpp"

#include "text/json.hpp"
#include "text/percent.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::github {

namespace {

namespace asio = boost::asio;
using boost::json::value;
using text::json_string;

/// A GitHub App installation's token, which GITHUB_TOKEN is.
bool is_installation_token(std::string_view token) {
    return token.starts_with("ghs_");
}

std::optional<PackageVersion> parse_version(const value& version) {
    const std::optional<std::uint64_t> id = text::json_number(version, "id");
    Result<Digest> digest = Digest::parse(json_string(version, "name"));
    if (!id || *id == 0 || !digest) return std::nullopt;
    PackageVersion parsed{.id = *id,
                          .digest = *std::move(digest),
                          .tags = {},
                          .created = text::read_timestamp(json_string(version, "created_at")),
                          .updated = text::read_timestamp(json_string(version, "updated_at"))};
    const value* tags = text::find_json(version, "metadata.container.tags");
    if (tags != nullptr && tags->is_array()) {
        for (const value& tag : tags->get_array()) {
            if (tag.is_string()) parsed.tags.emplace_back(tag.get_string());
        }
    }
    return parsed;
}

Package address(const std::string& server_url, const std::string& account, const std::string& owner,
                const std::string& name) {
    const std::string_view kind = account.starts_with("/orgs/") ? "orgs" : "users";
    const std::string encoded = text::percent_encode(name);
    return {
        .path = fmt::format("{}/packages/container/{}", account, encoded),
        .settings = fmt::format("{}/{}/{}/packages/container/{}/settings", server_url, kind, owner, encoded),
        .name = fmt::format("{}/{}", owner, name)};
}

/// What to say of an answer that the package's list should not have.
Failure why_no_list(const Api& api, const Package& package, const http::Response& response) {
    Failure failure = failure_of(fmt::format("Cannot list the versions of {}", package.name), response);
    const std::string& token = api.options().token;
    if (token.starts_with("github_pat_")) {
        failure.error.fix =
            "GitHub's Packages API takes no fine-grained token: use GITHUB_TOKEN with `permissions: "
            "packages: write`, "
            "or a classic token with `delete:packages`.";
    } else if (failure.kind == FailureKind::absent) {
        failure.error.why =
            fmt::format("{}: there is no such package, or this token may not see it", failure.error.why);
        failure.error.fix = fmt::format(
            "Check the image's name, give the job `permissions: packages: write`, and give this repository "
            "access at {}.",
            package.settings);
    } else if (response.status == 403) {
        failure.error.fix = how_to_allow_deletion(package, token);
    }
    return failure;
}

/// GitHub says the reasons that no token can change with 400, and in these words.
bool is_refusal(const http::Response& response) {
    return response.status == 400 || response.status == 422 ||
           (response.status == 403 && (response.body.contains("cannot delete the last") ||
                                       response.body.contains("downloads cannot be deleted")));
}

}  // namespace

std::string how_to_allow_deletion(const Package& package, std::string_view token) {
    if (is_installation_token(token) || token.empty()) {
        return fmt::format(
            "Give the job `permissions: packages: write`, and at {} give this repository the role Admin "
            "under "
            "\"Manage Actions access\".",
            package.settings);
    }
    return fmt::format(
        "The token needs the scopes read:packages and delete:packages, and its owner the role Admin at {}.",
        package.settings);
}

asio::awaitable<Outcome<Package>> find_package(Api api, std::string server_url, std::string owner,
                                               std::string name, OwnerKind kind) {
    if (kind == OwnerKind::unknown) {
        const std::string what = fmt::format("Cannot look up the owner {}", owner);
        CO_TRY_ASSIGN(http::Response response,
                      co_await api.send(what, http::Method::get,
                                        fmt::format("/users/{}", text::percent_encode(owner))));
        if (!response.ok()) {
            Failure failure = failure_of(what, response);
            if (failure.kind == FailureKind::absent) {
                failure.error.fix = "Check the image's name: its first part is an organization or a user.";
            }
            co_return std::unexpected(std::move(failure));
        }
        const Result<value> body = text::parse_json(response.body, "answer of GitHub's API");
        const bool organization = body && json_string(*body, "type") == "Organization";
        kind = organization ? OwnerKind::organization : OwnerKind::user;
    }
    const std::string_view group = kind == OwnerKind::organization ? "orgs" : "users";
    co_return address(server_url, fmt::format("/{}/{}", group, text::percent_encode(owner)), owner, name);
}

asio::awaitable<Outcome<VersionPage>> list_versions(Api api, Package& package, std::size_t page) {
    const std::string what = fmt::format("Cannot list the versions of {}", package.name);
    const std::string query = fmt::format("/versions?state=active&per_page={}&page={}", kPageSize, page);
    CO_TRY_ASSIGN(http::Response response, co_await api.send(what, http::Method::get, package.path + query));
    const bool hidden = response.status == 404 || response.status == 403;
    if (hidden && package.path.starts_with("/users/") && !is_installation_token(api.options().token)) {
        const std::string own = "/user" + package.path.substr(package.path.find("/packages/"));
        CO_TRY_ASSIGN(http::Response again, co_await api.send(what, http::Method::get, own + query));
        if (again.ok()) {
            package.path = own;
            response = std::move(again);
        }
    }
    if (!response.ok()) co_return std::unexpected(why_no_list(api, package, response));
    Result<std::vector<PackageVersion>> versions = parse_versions(response.body);
    if (!versions) {
        co_return std::unexpected(
            Failure{FailureKind::unexpected,
                    {what, versions.error().why,
                     "Check GITHUB_API_URL, and that no proxy answers in GitHub's place."}});
    }
    CO_TRY_ASSIGN(const PageLinks pages, page_links(what, response, page, versions->size()));
    co_return VersionPage{*std::move(versions), pages};
}

asio::awaitable<Outcome<std::optional<PackageVersion>>> get_version(Api api, Package package,
                                                                    std::uint64_t id) {
    const std::string what = fmt::format("Cannot look at version {} of {}", id, package.name);
    CO_TRY_ASSIGN(
        http::Response response,
        co_await api.send(what, http::Method::get, fmt::format("{}/versions/{}", package.path, id)));
    if (response.status == 404) co_return std::nullopt;
    if (!response.ok()) co_return std::unexpected(failure_of(what, response));
    const Result<value> body = text::parse_json(response.body, "answer of GitHub's API");
    std::optional<PackageVersion> version = body ? parse_version(*body) : std::nullopt;
    if (!version)
        co_return std::unexpected(Failure{FailureKind::unexpected, {what, "the answer is no version", ""}});
    co_return version;
}

asio::awaitable<Outcome<Deletion>> delete_version(Api api, Package package, std::uint64_t id) {
    const std::string what = fmt::format("Cannot delete version {} of {}", id, package.name);
    CO_TRY_ASSIGN(
        http::Response response,
        co_await api.send(what, http::Method::delete_, fmt::format("{}/versions/{}", package.path, id)));
    if (response.ok()) co_return Deletion{};
    if (response.status == 404) co_return Deletion{Deletion::Kind::absent, api_words(response)};
    if (is_refusal(response)) co_return Deletion{Deletion::Kind::refused, api_words(response)};
    if (response.status == 403 || response.status == 401) {
        co_return Deletion{Deletion::Kind::denied, api_words(response)};
    }
    co_return std::unexpected(failure_of(what, response));
}

std::string restore_command(const Package& package, std::uint64_t id) {
    return fmt::format("gh api --method POST {}/versions/{}/restore", package.path, id);
}

Result<std::vector<PackageVersion>> parse_versions(std::string_view json) {
    TRY_ASSIGN(const value body, text::parse_json(json, "list of versions"));
    if (!body.is_array()) return text::fail("Malformed list of versions", "it is no list");
    std::vector<PackageVersion> versions;
    versions.reserve(body.get_array().size());
    for (const value& entry : body.get_array()) {
        std::optional<PackageVersion> version = parse_version(entry);
        // One that is overlooked could be the one that needs what is about to be deleted.
        if (!version) return text::fail("Malformed list of versions", "an entry has no id or no digest");
        versions.push_back(*std::move(version));
    }
    return versions;
}

}  // namespace pr_image::github
