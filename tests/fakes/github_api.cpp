#include "fakes/github_api.hpp"

#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace pr_image::fakes {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

Reply json_reply(int status, const value& body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json; charset=utf-8"}},
            .body = boost::json::serialize(body)};
}

Reply refusal(int status, std::string_view message) {
    return json_reply(status, object{{"message", message}, {"status", std::to_string(status)}});
}

std::uint64_t number(std::string_view digits) {
    std::uint64_t parsed = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    return parsed;
}

object describe(const FakeVersion& version) {
    return {{"id", version.id},
            {"name", version.digest},
            {"url", fmt::format("https://api.github.com/versions/{}", version.id)},
            {"package_html_url", "https://github.com/orgs/acme/packages/container/package/app"},
            {"created_at", text::to_string(version.created)},
            {"updated_at", text::to_string(version.updated)},
            {"html_url", fmt::format("https://github.com/orgs/acme/packages/container/app/{}", version.id)},
            {"metadata",
             {{"package_type", "container"},
              {"container", {{"tags", array(version.tags.begin(), version.tags.end())}}}}}};
}

/// A list's page with the Link header that GitHub sends.
template <typename Item, typename Route, typename Describe>
Reply page_of(const std::vector<Item>& items, const Route& route, Describe describe_item) {
    const std::map<std::string, std::string>& query = route.query;
    const auto asked = [&](const std::string& name, std::uint64_t otherwise) {
        const auto found = query.find(name);
        return found == query.end() ? otherwise : std::max<std::uint64_t>(1, number(found->second));
    };
    const std::uint64_t size = std::min<std::uint64_t>(100, asked("per_page", 30));
    const std::uint64_t page = asked("page", 1);
    const bool has_empty = route.empty_page != 0;
    const std::uint64_t last =
        std::max<std::uint64_t>(1, (items.size() + size - 1) / size) + (has_empty ? 1 : 0);
    // The empty page is one more: what would be on it is on the next.
    const std::uint64_t shown = has_empty && page > route.empty_page ? page - 1 : page;
    array listed;
    for (std::uint64_t i = (shown - 1) * size; i < std::min<std::uint64_t>(items.size(), shown * size); ++i) {
        if (page != route.empty_page) listed.push_back(describe_item(items[i]));
    }
    Reply reply = json_reply(200, listed);
    if (last == 1 || route.links == PageLinkStyle::none) return reply;
    const std::string origin =
        route.links == PageLinkStyle::elsewhere ? "https://elsewhere.example" : std::string();
    const auto link = [&](std::uint64_t to, std::string_view relation) {
        return fmt::format(R"(<{}{}?per_page={}&page={}>; rel="{}")", origin, route.url, size, to, relation);
    };
    const std::uint64_t next = route.links == PageLinkStyle::circle     ? page
                               : route.links == PageLinkStyle::skipping ? page + 2
                                                                        : page + 1;
    const bool all = route.links == PageLinkStyle::usual;
    std::vector<std::string> links;
    if (all && page > 1) links.push_back(link(1, "first"));
    if (all && page > 1) links.push_back(link(page - 1, "prev"));
    if (page < last) links.push_back(link(next, "next"));
    if (all && page < last) links.push_back(link(last, "last"));
    if (!links.empty()) reply.headers.emplace_back("Link", text::join(links, ", "));
    return reply;
}

}  // namespace

void GithubApi::add_token(const std::string& token, ApiRights rights) {
    const std::scoped_lock lock(mutex_);
    tokens_[token] = std::move(rights);
}

void GithubApi::add_account(const std::string& login, const std::string& type) {
    const std::scoped_lock lock(mutex_);
    accounts_[login] = type;
}

void GithubApi::add_package(const std::string& repository) {
    const std::scoped_lock lock(mutex_);
    packages_[repository];
}

void GithubApi::push(const std::string& repository, const std::string& digest, const std::string& tag,
                     text::Timestamp now) {
    const std::scoped_lock lock(mutex_);
    Package& package = packages_[repository];
    auto known = package.by_digest.find(digest);
    if (known == package.by_digest.end()) {
        package.in_order.clear();
        package.versions.push_front(
            {.id = ++next_id_, .digest = digest, .tags = {}, .created = now, .updated = now});
        known = package.by_digest.emplace(digest, package.versions.begin()).first;
        package.by_id[package.versions.front().id] = package.versions.begin();
    }
    if (tag.empty()) return;
    const auto old = package.by_tag.find(tag);
    if (old != package.by_tag.end()) {
        std::erase(old->second->tags, tag);
        old->second->updated = now;
    }
    package.by_tag[tag] = known->second;
    known->second->tags.push_back(tag);
    known->second->updated = now;
}

void GithubApi::set_downloads(const std::string& repository, const std::string& digest,
                              std::uint64_t downloads) {
    const std::scoped_lock lock(mutex_);
    packages_.at(repository).by_digest.at(digest)->downloads = downloads;
}

void GithubApi::set_pull_request(const std::string& repository, std::uint32_t number, PullRequest state) {
    const std::scoped_lock lock(mutex_);
    pull_requests_[repository][number] = state;
}

void GithubApi::set_branches(const std::string& repository, std::vector<std::string> branches) {
    const std::scoped_lock lock(mutex_);
    branches_[repository] = std::move(branches);
}

void GithubApi::set_limit(std::size_t remaining, text::Timestamp reset) {
    const std::scoped_lock lock(mutex_);
    remaining_ = remaining;
    reset_ = reset;
}

void GithubApi::set_pages(PageLinkStyle style, std::size_t empty_page) {
    const std::scoped_lock lock(mutex_);
    links_ = style;
    empty_page_ = empty_page;
}

void GithubApi::remove_version(const std::string& repository, const std::string& digest) {
    const std::scoped_lock lock(mutex_);
    Package& package = packages_.at(repository);
    const auto version = package.by_digest.find(digest);
    if (version != package.by_digest.end()) forget(package, version->second);
}

void GithubApi::answer_next(Reply reply) {
    const std::scoped_lock lock(mutex_);
    next_.push_back(std::move(reply));
}

void GithubApi::on_deletion(std::function<void(const std::string&, const std::string&)> deleted) {
    const std::scoped_lock lock(mutex_);
    deleted_ = std::move(deleted);
}

std::vector<FakeVersion> GithubApi::versions(const std::string& repository) const {
    const std::scoped_lock lock(mutex_);
    const auto package = packages_.find(repository);
    if (package == packages_.end()) return {};
    return {package->second.versions.begin(), package->second.versions.end()};
}

std::string GithubApi::digest_of(const std::string& repository, const std::string& tag) const {
    const std::scoped_lock lock(mutex_);
    const auto package = packages_.find(repository);
    if (package == packages_.end()) return {};
    const auto found = package->second.by_tag.find(tag);
    return found == package->second.by_tag.end() ? std::string() : found->second->digest;
}

std::vector<std::string> GithubApi::tags(const std::string& repository) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> names;
    const auto package = packages_.find(repository);
    if (package == packages_.end()) return names;
    for (const auto& [tag, version] : package->second.by_tag)
        names.push_back(tag);
    return names;
}

bool GithubApi::has(const std::string& repository, const std::string& digest) const {
    const std::scoped_lock lock(mutex_);
    const auto package = packages_.find(repository);
    return package != packages_.end() && package->second.by_digest.contains(digest);
}

Reply GithubApi::handle(const Seen& seen) {
    std::string repository;
    std::string digest;
    Reply reply;
    std::function<void(const std::string&, const std::string&)> deleted;
    {
        const std::scoped_lock lock(mutex_);
        if (!next_.empty()) {
            reply = std::move(next_.front());
            next_.pop_front();
        } else if (std::optional<Reply> refused = limited(seen)) {
            reply = *std::move(refused);
        } else {
            reply = route(seen, repository, digest);
        }
        if (remaining_) {
            reply.headers.emplace_back("x-ratelimit-limit", "1000");
            reply.headers.emplace_back("x-ratelimit-remaining", std::to_string(*remaining_));
            reply.headers.emplace_back(
                "x-ratelimit-reset",
                std::to_string(std::chrono::floor<std::chrono::seconds>(reset_).time_since_epoch().count()));
        }
        deleted = deleted_;
    }
    if (!digest.empty() && deleted) deleted(repository, digest);
    return reply;
}

std::optional<Reply> GithubApi::limited(const Seen& seen) {
    if (!remaining_) return std::nullopt;
    if (*remaining_ == 0) return refusal(403, "API rate limit exceeded for installation ID 1.");
    --*remaining_;
    const auto now = std::chrono::steady_clock::now();
    while (!spent_.empty() && spent_.front().first + std::chrono::minutes(1) <= now)
        spent_.pop_front();
    int points = 0;
    for (const auto& [when, spent] : spent_)
        points += spent;
    const int cost = seen.method == "GET" ? 1 : 5;
    if (points + cost > 900) {
        Reply reply = refusal(
            403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.");
        reply.headers.emplace_back("Retry-After", "60");
        return reply;
    }
    spent_.emplace_back(now, cost);
    return std::nullopt;
}

Reply GithubApi::route(const Seen& seen, std::string& deleted_repository, std::string& deleted_digest) {
    const auto url = boost::urls::parse_origin_form(seen.target);
    if (!url) return refusal(400, "Problems parsing the URL");
    Route route;
    for (const auto segment : url->segments())
        route.parts.push_back(segment);
    for (const auto parameter : url->params())
        route.query[parameter.key] = parameter.value;
    route.url = std::string(url->encoded_path());
    route.links = links_;
    route.empty_page = empty_page_;
    const std::string authorization = seen.header("Authorization");
    const auto token = tokens_.find(authorization.starts_with("Bearer ") ? authorization.substr(7) : "");
    if (token == tokens_.end()) return refusal(401, "Bad credentials");
    route.rights = &token->second;

    const std::vector<std::string>& parts = route.parts;
    if (parts.size() == 1 && parts[0] == "user") {
        if (route.rights->login.empty()) return refusal(403, "Resource not accessible by integration");
        return json_reply(200, object{{"login", route.rights->login}, {"type", "User"}});
    }
    if (parts.size() == 2 && parts[0] == "users") {
        const auto account = accounts_.find(parts[1]);
        if (account == accounts_.end()) return refusal(404, "Not Found");
        return json_reply(200, object{{"login", parts[1]}, {"type", account->second}});
    }
    if (parts.size() >= 4 && parts[0] == "user" && parts[1] == "packages" && !route.rights->login.empty()) {
        return packages(seen, route, route.rights->login, 1, deleted_repository, deleted_digest);
    }
    if (parts.size() >= 5 && (parts[0] == "orgs" || parts[0] == "users") && parts[2] == "packages") {
        const auto account = accounts_.find(parts[1]);
        const std::string_view wanted = parts[0] == "orgs" ? "Organization" : "User";
        if (account == accounts_.end() || account->second != wanted) return refusal(404, "Not Found");
        return packages(seen, route, parts[1], 2, deleted_repository, deleted_digest);
    }
    if (parts.size() >= 4 && parts[0] == "repos") return pull_requests(route);
    return refusal(404, "Not Found");
}

Reply GithubApi::packages(const Seen& seen, const Route& route, const std::string& owner, std::size_t at,
                          std::string& deleted_repository, std::string& deleted_digest) {
    const std::vector<std::string>& parts = route.parts;
    const std::string repository = fmt::format("{}/{}", owner, parts.size() > at + 2 ? parts[at + 2] : "");
    const auto package = packages_.find(repository);
    if (package == packages_.end() || parts[at + 1] != "container") return refusal(404, "Package not found.");
    if (!route.rights->see_packages)
        return refusal(403, "You need at least read:packages scope to list package versions.");
    if (parts.size() < at + 4 || parts[at + 3] != "versions") return refusal(404, "Not Found");
    if (parts.size() == at + 4) return list_versions(route, package->second);
    const std::uint64_t id = number(parts[at + 4]);
    const auto version = package->second.by_id.find(id);
    if (seen.method == "GET") {
        if (version == package->second.by_id.end()) return refusal(404, "Package not found.");
        return json_reply(200, describe(*version->second));
    }
    if (seen.method == "POST" && parts.size() == at + 6 && parts[at + 5] == "restore")
        return restore(package->second, id);
    if (seen.method != "DELETE") return refusal(404, "Not Found");
    if (!route.rights->delete_packages) {
        return route.rights->refusals_are_404 ? refusal(404, "Package not found.")
                                              : refusal(403, "Resource not accessible by integration");
    }
    if (version == package->second.by_id.end()) return refusal(404, "Package not found.");
    Reply reply = remove(package->second, id, deleted_digest);
    if (!deleted_digest.empty()) deleted_repository = repository;
    return reply;
}

Reply GithubApi::list_versions(const Route& route, const Package& package) {
    if (package.in_order.empty()) {
        package.in_order.reserve(package.versions.size());
        for (const FakeVersion& version : package.versions)
            package.in_order.push_back(&version);
    }
    return page_of(package.in_order, route, [](const FakeVersion* version) { return describe(*version); });
}

Reply GithubApi::remove(Package& package, std::uint64_t id, std::string& digest) {
    const auto version = package.by_id.at(id);
    if (version->downloads > 5'000) {
        return refusal(
            400,
            "Publicly visible package versions with more than 5000 downloads cannot be deleted. Contact "
            "GitHub support for further assistance.");
    }
    const bool last_tagged = !version->tags.empty() && package.by_tag.size() == version->tags.size();
    if (last_tagged) {
        return refusal(
            400,
            "You cannot delete the last tagged version of a package. You must delete the package instead.");
    }
    digest = version->digest;
    package.deleted[id] = *version;
    forget(package, version);
    return {.status = 204};
}

Reply GithubApi::restore(Package& package, std::uint64_t id) {
    const auto gone = package.deleted.find(id);
    if (gone == package.deleted.end()) return refusal(404, "Package not found.");
    package.in_order.clear();
    package.versions.push_front(gone->second);
    const auto version = package.versions.begin();
    package.by_digest[version->digest] = version;
    package.by_id[id] = version;
    for (const std::string& tag : version->tags)
        package.by_tag[tag] = version;
    package.deleted.erase(gone);
    return {.status = 204};
}

void GithubApi::forget(Package& package, std::list<FakeVersion>::iterator version) {
    package.in_order.clear();
    for (const std::string& tag : version->tags)
        package.by_tag.erase(tag);
    package.by_digest.erase(version->digest);
    package.by_id.erase(version->id);
    package.versions.erase(version);
}

Reply GithubApi::pull_requests(const Route& route) const {
    const std::vector<std::string>& parts = route.parts;
    const std::string repository = fmt::format("{}/{}", parts[1], parts[2]);
    if (parts[3] == "branches") {
        const auto branches = branches_.find(repository);
        if (branches == branches_.end()) return refusal(404, "Not Found");
        return page_of(branches->second, route,
                       [](const std::string& name) { return object{{"name", name}, {"protected", false}}; });
    }
    if (parts[3] != "pulls") return refusal(404, "Not Found");
    if (route.rights->pull_requests_are_404) return refusal(404, "Not Found");
    if (!route.rights->see_pull_requests) return refusal(403, "Resource not accessible by integration");
    const auto known = pull_requests_.find(repository);
    const auto describe_one = [](const std::pair<std::uint32_t, PullRequest>& one) {
        const auto& [number, state] = one;
        return object{
            {"number", number},
            {"head", {{"sha", state.head_sha}}},
            {"state", state.open ? "open" : "closed"},
            {"closed_at", state.closed_at ? value(text::to_string(*state.closed_at)) : value(nullptr)}};
    };
    if (parts.size() == 5) {
        const auto wanted = static_cast<std::uint32_t>(number(parts[4]));
        if (known == pull_requests_.end() || !known->second.contains(wanted))
            return refusal(404, "Not Found");
        return json_reply(200, describe_one(*known->second.find(wanted)));
    }
    std::vector<std::pair<std::uint32_t, PullRequest>> newest_first;
    if (known != pull_requests_.end()) newest_first.assign(known->second.rbegin(), known->second.rend());
    return page_of(newest_first, route, describe_one);
}

}  // namespace pr_image::fakes
