// GitHub's cache service as BuildKit's own client meets it: the service keeps its rules about refs, and says
// no by itself.

#include "fakes/results_service.hpp"
#include "integration/commands/build_world.hpp"
#include "support/child_process.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using commands::BuildWorld;
using commands::Run;
using fakes::CacheEntry;

namespace {

const std::string kMain = "refs/heads/main";
const std::string kPullRequest = "refs/pull/7/merge";

class CacheWorld : public BuildWorld {
  public:
    CacheWorld() {
        variables["ACTIONS_RESULTS_URL"] = results.url();
        write("Dockerfile", "FROM busybox:stable\nRUN echo one > /one\nCOPY change /change\n");
    }

    /// A run on that ref, on a machine that has built nothing yet.
    Run run_on(const std::string& ref, const std::vector<fakes::CacheScope>& scopes) {
        support::run({variable("PR_IMAGE_TEST_BUILDX"), "prune", "--all", "--force"});
        variables["GITHUB_REF"] = ref;
        variables["GITHUB_EVENT_NAME"] = ref == kMain ? "push" : "pull_request";
        variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({.cache = scopes, .ref = ref});
        Run result = run({{"cache", "gha"}, {"attempts", "1"}});
        INFO(result.log);
        CHECK(result.status == 0);
        CHECK(result.errors() == 0);
        return result;
    }

    /// Lets the pull request be a fork's.
    void fork() const {
        const auto file = folder.path() / "event.json";
        auto event = boost::json::parse(support::read_file(file));
        event.at("pull_request").at("head").at("repo").at("id") = 2;
        support::write_file(file, boost::json::serialize(event));
    }

    std::vector<CacheEntry> entries() {
        std::vector<CacheEntry> all;
        results.with_cache([&](fakes::CacheService& service) { all = service.entries(); });
        return all;
    }

    /// How often BuildKit asked the service for that.
    [[nodiscard]] auto calls(const std::string& method) const {
        return std::ranges::count_if(results.requests(), [&](const fakes::Seen& request) {
            return request.target.find("CacheService/" + method) != std::string::npos;
        });
    }

    fakes::ResultsService results;
};

bool same(const CacheEntry& one, const CacheEntry& other) {
    return one.id == other.id && one.scope == other.scope && one.key == other.key && one.size == other.size;
}

bool holds_all(const std::vector<CacheEntry>& now, const std::vector<CacheEntry>& before) {
    return std::ranges::all_of(before, [&](const CacheEntry& entry) {
        return std::ranges::any_of(now, [&](const CacheEntry& one) { return same(one, entry); });
    });
}

}  // namespace

TEST_CASE("a pull request's run reads the cache of its base, and writes its own") {
    CacheWorld world;
    world.run_on(kMain, {{kMain, 3}});
    const std::vector<CacheEntry> main = world.entries();
    REQUIRE_FALSE(main.empty());
    CHECK(std::ranges::all_of(main, [](const CacheEntry& entry) { return entry.scope == kMain; }));

    world.change();
    const Run run = world.run_on(kPullRequest, {{kPullRequest, 3}, {kMain, 1}});
    CHECK(run.count("CACHED") > 0);
    CHECK(run.count("warning: ") == 0);
    std::vector<CacheEntry> now = world.entries();
    CHECK(now.size() > main.size());
    CHECK(holds_all(now, main));
    std::erase_if(now, [](const CacheEntry& entry) { return entry.scope == kMain; });
    CHECK(now.size() + main.size() == world.entries().size());
    CHECK(std::ranges::all_of(now, [](const CacheEntry& entry) { return entry.scope == kPullRequest; }));
}

TEST_CASE("an entry of the cache never changes: what a second run writes is new, and what is there stays") {
    CacheWorld world;
    const fakes::RunToken token{.cache = {{kPullRequest, 3}}, .ref = kPullRequest};
    world.run_on(token.ref, token.cache);
    const std::vector<CacheEntry> before = world.entries();
    REQUIRE_FALSE(before.empty());
    world.results.with_cache([&](fakes::CacheService& service) {
        const boost::json::object same_again{{"key", before.front().key},
                                             {"version", before.front().version}};
        CHECK(service.call("CreateCacheEntry", same_again, token).status == 409);
    });

    world.change();
    const Run run = world.run_on(token.ref, token.cache);
    CHECK(run.count("warning: ") == 0);
    const std::vector<CacheEntry> now = world.entries();
    CHECK(now.size() > before.size());
    CHECK(holds_all(now, before));
    std::set<std::pair<std::string, std::string>> names;
    for (const CacheEntry& entry : now)
        CHECK(names.emplace(entry.scope, entry.key).second);
}

TEST_CASE("a fork's build is not given a token that may write the default branch's cache") {
    CacheWorld world;
    world.fork();
    const Run forks = world.run_on(kPullRequest, {{kPullRequest, 3}, {kMain, 3}});
    CHECK(forks.outputs.at("strategy") == "fallback");
    CHECK(forks.count("Cache left out") > 0);
    CHECK(world.calls("") == 0);
    CHECK(world.entries().empty());

    const Run its_own = world.run_on(kPullRequest, {{kPullRequest, 3}, {kMain, 1}});
    CHECK(its_own.count("Cache left out") == 0);
    CHECK_FALSE(world.entries().empty());
    support::try_run({"docker", "image", "rm", "--force", world.image() + ":" + BuildWorld::tag()});
}
