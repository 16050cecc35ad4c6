#include "commands/cleanup/github_backend.hpp"

#include "async/run_workers.hpp"
#include "async/sleep.hpp"
#include "commands/cleanup/pages.hpp"
#include "registry/head_manifest.hpp"
#include "registry/list_tags.hpp"
#include "registry/put_manifest.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;
using plan::cleanup::Inventory;
using plan::cleanup::Journal;
using plan::cleanup::Node;
using plan::cleanup::NodeId;
using plan::cleanup::Version;
using Done = plan::cleanup::Outcome;

namespace {

/// Other jobs of the repository live on the same hour's requests.
constexpr std::size_t kReserve = 50;
/// A version that was just pushed is in the list after a moment.
constexpr int kLooksForNewVersion = 5;
/// What was just deleted is gone from the list after a moment.
constexpr int kLooksForAbsence = 2;
/// A list that changes faster than it can be read is read as well as it can be.
constexpr int kMaxPasses = 4;
constexpr std::chrono::milliseconds kLookAgain{1'000};

Trouble trouble(const github::Failure& failure) {
    return {.limited = failure.kind == github::FailureKind::limited,
            .error = failure.error,
            .absent = failure.kind == github::FailureKind::absent};
}

Done outcome_of(const github::Failure& failure) {
    using Kind = Done::Kind;
    const Kind kind = failure.kind == github::FailureKind::limited   ? Kind::exhausted
                      : failure.kind == github::FailureKind::refused ? Kind::denied
                                                                     : Kind::failed;
    return {kind, failure.error.why};
}

Version to_version(github::PackageVersion version) {
    return {.id = version.id,
            .digest = std::move(version.digest),
            .tags = std::move(version.tags),
            .created = version.created,
            .touched = version.updated};
}

/// Puts the versions into the inventory; gives their ids.
std::vector<std::uint64_t> take(Inventory& inventory, std::vector<github::PackageVersion> versions) {
    std::vector<std::uint64_t> ids;
    ids.reserve(versions.size());
    for (github::PackageVersion& version : versions) {
        ids.push_back(version.id);
        inventory.list(to_version(std::move(version)));
    }
    return ids;
}

/// The package's name below its owner.
std::pair<std::string, std::string> split_name(const ImageName& image) {
    const std::size_t slash = image.path().find('/');
    if (slash == std::string::npos) return {image.path(), ""};
    return {image.path().substr(0, slash), image.path().substr(slash + 1)};
}

}  // namespace

/// What one look is after, and what it has found.
struct GithubBackend::Glance {
    Inventory& inventory;
    std::unordered_set<std::uint64_t> missing;    ///< ids that were not seen yet
    std::unordered_set<std::uint64_t> known_ids;  ///< of the inventory
    std::optional<Trouble> trouble{};
    std::vector<std::uint64_t> newest{};  ///< ids on page 1
    std::vector<Tag> tags{};              ///< all of them, as the registry has them
    std::size_t news = 0;                 ///< versions that were not known
    bool overlooked = false;              ///< a tag is on a version that no list has shown

    void see(github::PackageVersion version) {
        missing.erase(version.id);
        if (known_ids.insert(version.id).second) ++news;
        inventory.list(to_version(std::move(version)));
    }
};

GithubBackend::GithubBackend(github::Api api, registry::Client client, ManifestCache& cache, Options options)
    : api_(std::move(api)),
      client_(client),
      options_(std::move(options)),
      contents_(std::move(client), options_.image, options_.access, cache, options_.at_once) {}

asio::awaitable<Outcome<std::vector<github::PackageVersion>>> GithubBackend::list_page(std::size_t page) {
    github::Outcome<github::VersionPage> listed = co_await github::list_versions(api_, package_, page);
    if (!listed) co_return std::unexpected(trouble(listed.error()));
    co_return std::move(listed->versions);
}

asio::awaitable<Outcome<github::PageLinks>> GithubBackend::list_first_page(Inventory& inventory) {
    auto [owner, name] = split_name(options_.image);
    if (name.empty()) {
        const std::string what = fmt::format("Cannot clean up {}", options_.image.string());
        co_return std::unexpected(Trouble{false, {what, "GitHub's packages are named owner/name", ""}});
    }
    github::Outcome<github::Package> package =
        co_await github::find_package(api_, options_.server_url, owner, name, options_.owner);
    if (!package) co_return std::unexpected(trouble(package.error()));
    package_ = *std::move(package);

    github::Outcome<github::VersionPage> first = co_await github::list_versions(api_, package_, 1);
    if (!first) co_return std::unexpected(trouble(first.error()));
    const std::optional<std::size_t> remaining = api_.limit().remaining();
    const std::size_t last = first->pages.last.value_or(1);
    if (remaining && *remaining < last) {
        const std::string what = fmt::format("Cannot list the versions of {}", package_.name);
        std::string why = fmt::format("its list has {} pages, and GitHub allows {} more requests this hour",
                                      last, *remaining);
        co_return std::unexpected(
            Trouble{true,
                    {what, std::move(why),
                     "A classic personal access token has 5,000 requests an hour, GITHUB_TOKEN 1,000."}});
    }
    order_ = take(inventory, std::move(first->versions));
    co_return first->pages;
}

/// Reads every page after the first and notes the order of what is new.
asio::awaitable<Outcome<void>> GithubBackend::list_further_pages(Inventory& inventory,
                                                                 github::PageLinks first) {
    std::map<std::size_t, std::vector<std::uint64_t>> ids;
    const ReadPage read = [&](std::size_t page) -> asio::awaitable<github::Outcome<github::PageLinks>> {
        github::Outcome<github::VersionPage> listed = co_await github::list_versions(api_, package_, page);
        if (!listed) co_return std::unexpected(std::move(listed).error());
        const github::PageLinks pages = listed->pages;
        ids[page] = take(inventory, std::move(listed->versions));
        co_return pages;
    };
    const std::optional<github::Failure> failed = co_await read_further_pages(first, options_.at_once, read);
    if (failed) co_return std::unexpected(trouble(*failed));
    // A version that moved to the next page meanwhile was listed twice.
    std::unordered_set<std::uint64_t> seen(order_.begin(), order_.end());
    for (const auto& [number, page] : ids) {
        std::ranges::copy_if(page, std::back_inserter(order_),
                             [&](std::uint64_t id) { return seen.insert(id).second; });
    }
    co_return Outcome<void>();
}

/// A version that is deleted while the list is read moves the others up, and one of them falls between two
/// pages. Reads the list again until that shows nothing new.
asio::awaitable<Outcome<void>> GithubBackend::list_again(Inventory& inventory) {
    for (int pass = 0; pass < kMaxPasses; ++pass) {
        const std::size_t before = order_.size();
        const Outcome<github::PageLinks> first = co_await list_page_one_again(inventory);
        if (!first) co_return std::unexpected(first.error());
        const Outcome<void> rest = co_await list_further_pages(inventory, *first);
        if (!rest) co_return std::unexpected(rest.error());
        if (order_.size() == before) break;
    }
    co_return Outcome<void>();
}

asio::awaitable<Outcome<github::PageLinks>> GithubBackend::list_page_one_again(Inventory& inventory) {
    github::Outcome<github::VersionPage> first = co_await github::list_versions(api_, package_, 1);
    if (!first) co_return std::unexpected(trouble(first.error()));
    const std::unordered_set<std::uint64_t> old(order_.begin(), order_.end());
    std::vector<std::uint64_t> news;
    for (const std::uint64_t id : take(inventory, std::move(first->versions))) {
        if (!old.contains(id)) news.push_back(id);
    }
    order_.insert(order_.begin(), news.begin(), news.end());
    co_return first->pages;
}

asio::awaitable<Outcome<Inventory>> GithubBackend::list() {
    Inventory inventory(true);
    const Outcome<github::PageLinks> first = co_await list_first_page(inventory);
    if (!first) co_return std::unexpected(first.error());
    const Outcome<void> rest = co_await list_further_pages(inventory, *first);
    if (!rest) co_return std::unexpected(rest.error());
    if (options_.list_twice && first->next) {
        const Outcome<void> again = co_await list_again(inventory);
        if (!again) co_return std::unexpected(again.error());
    }
    co_return inventory;
}

asio::awaitable<Outcome<Inventory>> GithubBackend::newest() {
    Inventory inventory(true);
    const Outcome<github::PageLinks> first = co_await list_first_page(inventory);
    if (!first) co_return std::unexpected(first.error());
    co_return inventory;
}

asio::awaitable<Outcome<void>> GithubBackend::read(Inventory& inventory, plan::cleanup::Needs needs) {
    const std::vector<NodeId> manifests = needs.manifests;
    co_await contents_.read(inventory, std::move(needs));
    const bool overlooked = std::ranges::any_of(manifests, [&](NodeId node) {
        return inventory[node].presence == plan::cleanup::Presence::referred &&
               inventory[node].reading == plan::cleanup::Reading::read;
    });
    // The registry has what the list did not show.
    if (!overlooked || std::exchange(listed_again_, true)) co_return Outcome<void>();
    co_return co_await list_again(inventory);
}

std::set<std::size_t> GithubBackend::pages_of(const std::vector<std::uint64_t>& ids) const {
    std::unordered_set<std::uint64_t> wanted(ids.begin(), ids.end());
    std::set<std::size_t> pages;
    for (std::size_t i = 0; i < order_.size(); ++i) {
        if (wanted.contains(order_[i])) pages.insert(i / github::kPageSize + 1);
    }
    return pages;
}

asio::awaitable<void> GithubBackend::glance_at_page(Glance& glance, std::size_t page) {
    Outcome<std::vector<github::PackageVersion>> listed = co_await list_page(page);
    if (!listed) {
        if (!glance.trouble) glance.trouble = std::move(listed).error();
        co_return;
    }
    for (github::PackageVersion& version : *listed) {
        if (page == 1) glance.newest.push_back(version.id);
        glance.see(std::move(version));
    }
}

asio::awaitable<void> GithubBackend::glance_at_version(Glance& glance, std::uint64_t id) {
    github::Outcome<std::optional<github::PackageVersion>> version =
        co_await github::get_version(api_, package_, id);
    if (!version) {
        if (!glance.trouble) glance.trouble = trouble(version.error());
    } else if (*version) {
        glance.see(**std::move(version));
    }
}

asio::awaitable<void> GithubBackend::glance_at_tags(Glance& glance) {
    registry::Outcome<std::vector<Tag>> tags =
        co_await registry::list_tags(client_, options_.image, options_.access);
    if (tags) {
        glance.tags = *std::move(tags);
    } else if (!glance.trouble) {
        glance.trouble = Trouble{false, tags.error().error};
    }
}

/// The list comes in pages that move while it is read. The registry's own list of tags, on the other hand, is
/// whole: a tag that nobody has seen yet is somebody's new one, or one that fell between two pages.
asio::awaitable<void> GithubBackend::find_new_tags(Glance& glance) {
    std::unordered_set<std::string_view> known;
    for (const Node& node : glance.inventory.nodes())
        known.insert(node.tags.begin(), node.tags.end());
    std::vector<Tag> fresh;
    std::ranges::copy_if(glance.tags, std::back_inserter(fresh),
                         [&](const Tag& tag) { return !known.contains(tag.string()); });
    std::vector<std::optional<Digest>> digests(fresh.size());
    co_await async::run_workers(fresh.size(), options_.at_once,
                                [&](std::size_t i) { return resolve(glance, fresh[i], digests[i]); });
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        if (!digests[i]) continue;
        const std::optional<NodeId> node = glance.inventory.find(*digests[i]);
        if (node && glance.inventory[*node].presence == plan::cleanup::Presence::listed) {
            glance.inventory.tag(*node, fresh[i].string());
        } else {
            glance.overlooked = true;
            glance.inventory.list(
                {.id = 0, .digest = *digests[i], .tags = {fresh[i].string()}, .created = {}, .touched = {}});
        }
    }
}

asio::awaitable<void> GithubBackend::resolve(Glance& glance, Tag tag, std::optional<Digest>& digest) {
    const Reference reference(options_.image, std::move(tag));
    registry::Outcome<std::optional<registry::Descriptor>> head =
        co_await registry::head_manifest(client_, reference, options_.access);
    if (!head) {
        if (!glance.trouble) glance.trouble = Trouble{false, head.error().error};
    } else if (*head) {
        digest = (*head)->digest;
    }
}

/// More than a page of new versions pushes the known ones further down.
asio::awaitable<void> GithubBackend::find_new_versions(Glance& glance) {
    for (std::size_t page = 2; glance.news >= (page - 1) * github::kPageSize && !glance.trouble; ++page) {
        co_await glance_at_page(glance, page);
    }
}

asio::awaitable<Outcome<void>> GithubBackend::look(Inventory& inventory, std::vector<NodeId> nodes) {
    Glance glance{inventory, {}, {order_.begin(), order_.end()}};
    std::vector<std::uint64_t> ids;
    bool wants_new = false;
    for (const NodeId node : nodes) {
        const std::uint64_t id = inventory[node].version_id;
        if (id != 0) ids.push_back(id);
        wants_new = wants_new || id == 0;
    }
    glance.missing.insert(ids.begin(), ids.end());

    std::set<std::size_t> pages = pages_of(ids);
    const bool by_page = pages.size() <= ids.size();
    if (!by_page) pages.clear();
    pages.insert(1);
    const std::vector<std::size_t> wanted(pages.begin(), pages.end());
    const std::vector<std::uint64_t> singles = by_page ? std::vector<std::uint64_t>() : ids;
    co_await async::run_workers(1 + wanted.size() + singles.size(), options_.at_once, [&](std::size_t i) {
        if (i == 0) return glance_at_tags(glance);
        if (i <= wanted.size()) return glance_at_page(glance, wanted[i - 1]);
        return glance_at_version(glance, singles[i - 1 - wanted.size()]);
    });
    co_await find_new_versions(glance);
    const auto has_ids = [&] {
        return std::ranges::all_of(nodes, [&](NodeId node) { return inventory[node].version_id != 0; });
    };
    for (int i = 0; wants_new && !has_ids() && i < kLooksForNewVersion && !glance.trouble; ++i) {
        co_await async::sleep_for(kLookAgain);
        co_await glance_at_page(glance, 1);
    }
    // Pages move under the reader: what was not where it should be is asked for by its name.
    const std::vector<std::uint64_t> unseen(glance.missing.begin(), glance.missing.end());
    if (by_page && !glance.trouble) {
        co_await async::run_workers(unseen.size(), options_.at_once,
                                    [&](std::size_t i) { return glance_at_version(glance, unseen[i]); });
    }
    if (!glance.trouble) co_await find_new_tags(glance);
    if (glance.trouble) co_return std::unexpected(*std::move(glance.trouble));

    std::unordered_map<std::uint64_t, NodeId> by_id;
    for (const NodeId node : nodes)
        by_id[inventory[node].version_id] = node;
    for (const std::uint64_t id : glance.missing) {
        if (by_id.contains(id)) inventory.remove(by_id[id]);
        std::erase(order_, id);
    }
    std::vector<std::uint64_t> news;
    const std::unordered_set<std::uint64_t> old(order_.begin(), order_.end());
    std::ranges::copy_if(glance.newest, std::back_inserter(news),
                         [&](std::uint64_t id) { return !old.contains(id); });
    order_.insert(order_.begin(), news.begin(), news.end());
    if (!glance.overlooked || std::exchange(listed_again_, true)) co_return Outcome<void>();
    co_return co_await list_again(inventory);
}

asio::awaitable<Done> GithubBackend::put(Tag tag, Journal journal) {
    const Reference reference(options_.image, std::move(tag));
    registry::Outcome<Digest> put = co_await registry::put_manifest(
        client_, reference, std::string(plan::cleanup::kJournalMediaType), journal.bytes);
    if (put) co_return Done{};
    const bool denied = put.error().kind == registry::FailureKind::denied ||
                        put.error().kind == registry::FailureKind::unauthorized;
    co_return Done{denied ? Done::Kind::denied : Done::Kind::failed, put.error().error.why};
}

asio::awaitable<Done> GithubBackend::publish(Journal journal) {
    const Result<Tag> tag = Tag::parse(journal.tag);
    if (!tag) co_return Done{Done::Kind::failed, tag.error().why};
    co_return co_await put(*tag, std::move(journal));
}

asio::awaitable<Done> GithubBackend::untag(std::string tag, std::optional<Journal> journal) {
    const Result<Tag> parsed = Tag::parse(tag);
    if (!parsed || !journal) co_return Done{Done::Kind::failed, "the tag's name cannot be written"};
    co_return co_await put(*parsed, *std::move(journal));
}

asio::awaitable<Done> GithubBackend::remove(std::uint64_t version_id, Digest digest) {
    if (version_id == 0) co_return Done{Done::Kind::failed, digest.string() + " has no version id"};
    github::Outcome<github::Deletion> deletion = co_await github::delete_version(api_, package_, version_id);
    if (!deletion) co_return outcome_of(deletion.error());
    using Kind = github::Deletion::Kind;
    Done done;
    if (deletion->kind == Kind::refused) co_return Done{Done::Kind::refused, deletion->why};
    if (deletion->kind == Kind::denied) co_return Done{Done::Kind::denied, deletion->why};
    if (deletion->kind == Kind::absent) done = co_await verify_absence(version_id, deletion->why);
    if (done.kind == Done::Kind::done) std::erase(order_, version_id);
    co_return done;
}

/// To a deletion that the token may not do, GitHub answers as if there were no such version.
asio::awaitable<Done> GithubBackend::verify_absence(std::uint64_t version_id, std::string words) {
    for (int look = 0; look < kLooksForAbsence; ++look) {
        if (look > 0) co_await async::sleep_for(kLookAgain);
        github::Outcome<std::optional<github::PackageVersion>> version =
            co_await github::get_version(api_, package_, version_id);
        if (!version) co_return outcome_of(version.error());
        if (!*version) co_return Done{Done::Kind::done, "it was gone already"};
    }
    co_return Done{
        Done::Kind::denied,
        fmt::format("{}, although the version is there: that is how GitHub refuses a token that may "
                    "not delete it",
                    words)};
}

asio::awaitable<std::size_t> GithubBackend::room() {
    for (;;) {
        const auto now = github::RateLimit::Clock::now();
        const std::size_t room = api_.limit().room(github::kWritePoints, now);
        if (room >= kWritesAtOnce) co_return std::min(room, kWritesAtOnce * 4);
        const std::chrono::milliseconds pause =
            api_.limit().wait_for(github::kWritePoints * static_cast<int>(kWritesAtOnce), now);
        co_await async::sleep_for(std::max(pause, std::chrono::milliseconds(1)));
    }
}

std::size_t GithubBackend::budget() const {
    const std::optional<std::size_t> remaining = api_.limit().remaining();
    if (!remaining) return SIZE_MAX;
    // Besides each deletion, about one look for every four of them.
    return *remaining > kReserve ? (*remaining - kReserve) * 4 / 5 : 0;
}

std::string GithubBackend::restore_command(std::uint64_t version_id) const {
    return version_id == 0 ? std::string() : github::restore_command(package_, version_id);
}

std::string GithubBackend::how_to_allow_deletion() const {
    return github::how_to_allow_deletion(package_, api_.options().token);
}

}  // namespace pr_image::commands::cleanup
