#include "plan/build/cache.hpp"

#include "plan/decide.hpp"
#include "plan/names/tag_grammar.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <map>
#include <string>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

/// The token that GitHub gives the event pull_request.
CacheServiceFacts service_of_pull_request() {
    return {.readable = true, .writable = true, .writes = Strings{"refs/pull/7/merge"}};
}

CacheChoice choose(const Event& event, const InputMap& raw = {}, Strategy strategy = Strategy::push,
                   CacheServiceFacts service = service_of_pull_request()) {
    const Inputs given = inputs(raw);
    const Subject subject = resolve_subject(event, given, {}).value();
    const Grants grants = grants_of(event, subject, given.strategy);
    return choose_cache(event, given, subject, grants, image(), strategy, service);
}

Strings reads(const Strings& refs, const std::string& scope = "app", const std::string& suffix = {}) {
    Strings entries;
    for (const std::string& ref : refs)
        entries.push_back("type=gha,scope=" + scope + "-" + ref + suffix);
    return entries;
}

Strings writes(const std::string& ref, const std::string& scope = "app", const std::string& suffix = {}) {
    return {"type=gha,scope=" + scope + "-" + ref + suffix + ",mode=max,ignore-error=true"};
}

/// A name that sanitising changed, as the grammar makes it.
std::string hashed(std::string_view name) {
    return cache_part(name, 40);
}

}  // namespace

TEST_CASE("GitHub's cache is read from this ref, the base and the default branch, and written to this ref") {
    const auto [event, read, written] = GENERATE(table<Event, Strings, Strings>({
        {same_repository_pull_request(), reads({"pr-7", "main"}), writes("pr-7")},
        {parse_event(pull_request_context({.base_ref = "\"release/1.x\""})).value(),
         reads({"pr-7", hashed("release/1.x"), "main"}), writes("pr-7")},
        {push_main(), reads({"main"}), writes("main")},
        {schedule(), reads({"main"}), writes("main")},
        {push_branch("feature-x"), reads({"feature-x", "main"}), writes("feature-x")},
        {push_branch("feature/X"), reads({hashed("feature/X"), "main"}), writes(hashed("feature/X"))},
        {push_branch("main#"), reads({hashed("main#"), "main"}), writes(hashed("main#"))},
        {push_branch("Main"), reads({hashed("Main"), "main"}), writes(hashed("Main"))},
        {push_branch("\xE6\xBC\xA2"), reads({hashed("\xE6\xBC\xA2"), "main"}),
         writes(hashed("\xE6\xBC\xA2"))},
        // Nothing would ever read what a merge queue's or a git tag's run writes.
        {merge_group(), reads({"main"}), {}},
        {merge_group("release/1.x"), reads({hashed("release/1.x"), "main"}), {}},
        {push_git_tag("v1.2.3"), reads({"main"}), {}},
    }));
    const std::string kind = GENERATE("", "auto", "gha");
    CAPTURE(event.name, event.ref, kind);
    const CacheChoice choice = choose(event, {{"cache", kind}});
    CHECK(texts(choice.from) == read);
    CHECK(texts(choice.to) == written);
    CHECK(choice.uses_service);
    CHECK(choice.warnings.empty());
}

TEST_CASE("every target and variant has a scope of its own, because a scope holds one index") {
    const auto [raw, scope, suffix] = GENERATE(table<InputMap, std::string, std::string>({
        {{{"target", "dev"}}, "dev", ""},
        {{{"target", "Dev_Stage"}}, hashed("Dev_Stage"), ""},
        {{{"variant", "slim"}}, "app", "--slim"},
        {{{"target", "dev"}, {"variant", "slim"}}, "dev", "--slim"},
        {{{"target", "a,scope=b"}}, hashed("a,scope=b"), ""},
    }));
    CAPTURE(raw);
    const CacheChoice choice = choose(push_main(), raw);
    CHECK(texts(choice.from) == reads({"main"}, scope, suffix));
    CHECK(texts(choice.to) == writes("main", scope, suffix));
}

TEST_CASE("builds of other images, targets, variants, platforms and refs never share a cache") {
    // What one job of a repository writes is never read as another's: where names could be confused, they
    // have a hash.
    const auto written = [](const Event& event, InputMap raw, const std::string& name) {
        const Inputs given = inputs(raw);
        const Subject subject = resolve_subject(event, given, {}).value();
        const CacheServiceFacts service{.readable = true, .writable = true};
        const CacheChoice choice =
            choose_cache(event, given, subject, grants_of(event, subject, given.strategy),
                         ImageName::parse(name).value(), Strategy::push, service);
        return texts(choice.to).front();
    };
    const std::string own = "ghcr.io/acme/app";
    for (const char* kind : {"gha", "registry"}) {
        std::map<std::string, std::string> seen;
        const auto add = [&](const Event& event, InputMap raw, const std::string& name) {
            std::string what = event.ref + " " + name;
            for (const auto& [key, value] : raw)
                what += " " + key + "=" + value;
            raw["cache"] = kind;
            const std::string entry = written(event, raw, name);
            CAPTURE(kind, what, entry, seen[entry]);
            CHECK(seen[entry].empty());
            seen[entry] = what;
        };
        for (const char* branch :
             {"main", "main#", "main-dev", "main-linux-amd64", "pr-7", "pr-7-abc", "Pr/7"}) {
            for (const char* variant : {"", "dev", "Dev", "linux-amd64", "dev_linux-amd64"}) {
                add(push_branch(branch), {{"variant", variant}}, own);
                add(push_branch(branch),
                    {{"variant", variant}, {"fan-out", "true"}, {"platforms", "linux/amd64"}}, own);
                add(push_branch(branch),
                    {{"variant", variant}, {"fan-out", "true"}, {"platforms", "linux/arm/v7"}}, own);
            }
        }
        add(same_repository_pull_request(), {}, own);
        add(same_repository_pull_request(), {{"variant", "abc"}}, own);
        for (const char* name : {"ghcr.io/acme/tools/app", "ghcr.io/other/app", "ghcr.io/acme/dev",
                                 "ghcr.io/acme/app-dev", "ghcr.io/acme/a_b", "ghcr.io/acme/a-b"}) {
            add(push_main(), {}, name);
        }
        if (std::string(kind) == "registry") continue;
        for (const char* target : {"app", "dev", "Dev", "app-main", "a", "app/main", "dev-main"})
            add(push_main(), {{"target", target}}, own);
        add(push_branch("x"), {{"target", "app-main"}}, own);
        add(push_branch("main-x"), {{"target", "dev"}}, own);
        add(push_branch("x"), {{"target", "dev-main"}}, own);
        add(push_main(), {{"target", "dev"}}, "ghcr.io/acme/web");
        add(push_main(), {{"target", "dev"}}, "ghcr.io/acme/api");
    }
}

TEST_CASE("an image whose name begins like a target keeps its caches apart from the target's") {
    Event event = push_main();
    event.repository = "acme/my-app";
    Event branch = push_branch("app-main");
    branch.repository = "acme/my-app";
    const auto scope = [](const Event& at, const InputMap& raw) {
        const Inputs given = inputs(raw);
        const Subject subject = resolve_subject(at, given, {}).value();
        const CacheServiceFacts service{.readable = true, .writable = true};
        const Grants grants = grants_of(at, subject, given.strategy);
        const CacheChoice choice =
            choose_cache(at, given, subject, grants, ImageName::parse("ghcr.io/acme/my-app").value(),
                         Strategy::push, service);
        return texts(choice.to).front();
    };
    CHECK(scope(event, {}) == "type=gha,scope=my-app-main,mode=max,ignore-error=true");
    CHECK(scope(event, {}) != scope(branch, {{"target", "my"}}));
}

TEST_CASE("a branch name cannot add a field to a cache entry") {
    const CacheChoice choice = choose(push_branch("x,mode=min,url=https://evil.example"));
    CHECK(texts(choice.from) == reads({branch_cache_ref("x,mode=min,url=https://evil.example"), "main"}));
    CHECK_FALSE(texts(choice.from).front().contains(",mode"));
}

TEST_CASE("what the cache service does not allow in this run is left out") {
    const auto [readable, writable, read, written, used] =
        GENERATE(table<bool, bool, Strings, Strings, bool>({
            {true, true, reads({"pr-7", "main"}), writes("pr-7"), true},
            {true, false, reads({"pr-7", "main"}), {}, true},
            {false, true, {}, writes("pr-7"), true},
            {false, false, {}, {}, false},
        }));
    CAPTURE(readable, writable);
    const CacheChoice automatic =
        choose(same_repository_pull_request(), {}, Strategy::push, {readable, writable, Strings{}});
    CHECK(texts(automatic.from) == read);
    CHECK(texts(automatic.to) == written);
    CHECK(automatic.uses_service == used);
    CHECK(automatic.warnings.empty());

    const CacheChoice asked = choose(same_repository_pull_request(), {{"cache", "gha"}}, Strategy::push,
                                     {readable, writable, Strings{}});
    CHECK(texts(asked.from) == read);
    CHECK(texts(asked.to) == written);
    CHECK(asked.warnings.empty() == used);

    const CacheChoice explicit_entries = choose(
        same_repository_pull_request(), {{"cache-from", "type=gha"}, {"cache-to", "type=gha,mode=max"}},
        Strategy::push, {readable, writable, Strings{}});
    CHECK(texts(explicit_entries.from) == (readable ? Strings{"type=gha"} : Strings{}));
    CHECK(texts(explicit_entries.to) == (writable ? Strings{"type=gha,mode=max"} : Strings{}));
    CHECK(explicit_entries.uses_service == used);
    CHECK(explicit_entries.warnings.size() ==
          static_cast<std::size_t>(!readable) + static_cast<std::size_t>(!writable));
}

TEST_CASE("untrusted code meets the cache service's token only on pull_request and only when asked for") {
    struct Row {
        std::string what;
        Event event;
        InputMap raw;
        bool service;
        std::size_t warnings;
    };
    const Row row = GENERATE(values<Row>({
        {"fork", fork_pull_request(), {}, false, 0},
        {"gone fork", deleted_fork_pull_request(), {}, false, 0},
        {"fork, cache: auto", fork_pull_request(), {{"cache", "auto"}}, false, 0},
        {"fork, cache: gha", fork_pull_request(), {{"cache", "gha"}}, true, 0},
        {"fork, cache-from", fork_pull_request(), {{"cache-from", "type=gha"}}, true, 0},
        {"fork, cache-to", fork_pull_request(), {{"cache-to", "mode=max,type=gha"}}, true, 0},
        {"target", pull_request_target(kFork), {}, false, 0},
        {"target, cache: gha", pull_request_target(kFork), {{"cache", "gha"}}, false, 1},
        {"target, cache-from", pull_request_target(kFork), {{"cache-from", "type=gha"}}, false, 1},
        {"target, both",
         pull_request_target(kFork),
         {{"cache-from", "type=gha"}, {"cache-to", "type=gha"}},
         false,
         2},
        {"gone target", pull_request_target("null"), {{"cache", "gha"}}, false, 1},
    }));
    CAPTURE(row.what);
    const CacheChoice choice = choose(row.event, row.raw, Strategy::fallback);
    CHECK(choice.uses_service == row.service);
    CHECK(choice.warnings.size() == row.warnings);
    if (!row.service) CHECK(choice.from.empty());
    if (!row.service) CHECK(choice.to.empty());
    for (const Warning& warning : choice.warnings)
        CHECK(warning.message.contains("untrusted"));
}

TEST_CASE("no pull request's build meets a token that may write a cache that other builds read") {
    struct Row {
        Strings may_write;
        bool service;
    };
    const Event event = GENERATE(fork_pull_request(), same_repository_pull_request());
    const Row row = GENERATE(values<Row>({
        {{"refs/pull/7/merge"}, true},
        {Strings{}, true},
        {{"refs/heads/main"}, false},
        {{"refs/pull/7/merge", "refs/heads/main"}, false},
        {{"refs/pull/71/merge"}, false},
        {{"refs/pull/7"}, false},
        {{"refs/heads/refs/pull/7/merge"}, false},
        {{""}, false},
    }));
    const InputMap raw = GENERATE(values<InputMap>(
        {{{"cache", "gha"}}, {{"cache-from", "type=gha"}}, {{"cache-to", "type=gha,mode=max"}}}));
    CAPTURE(row.may_write, raw);
    const CacheServiceFacts service{.readable = true, .writable = true, .writes = row.may_write};
    const CacheChoice choice = choose(event, raw, Strategy::fallback, service);
    CHECK(choice.uses_service == row.service);
    CHECK(choice.warnings.empty() == row.service);
    CHECK((choice.from.empty() && choice.to.empty()) == !row.service);
}

TEST_CASE("a pull request meets the token of a run on a branch on no event") {
    const Event event = GENERATE(workflow_dispatch(), on_ref("repository_dispatch", "refs/heads/main"),
                                 workflow_run(), issue_comment(), pull_request_target(kSameRepository));
    const InputMap asked = GENERATE(values<InputMap>({{{"cache", "auto"}},
                                                      {{"cache", "gha"}},
                                                      {{"cache-from", "type=gha,scope=main"}},
                                                      {{"cache-to", "type=gha,scope=pr-7"}}}));
    // One that says what it may write, one that says it of another branch, and one that does not say.
    const std::optional<Strings> may_write = GENERATE(values<std::optional<Strings>>(
        {Strings{"refs/heads/main"}, Strings{"refs/heads/x", "refs/pull/7/merge"}, std::nullopt}));
    InputMap raw = asked;
    if (event.kind != EventKind::pull_request_target) raw.insert({{"pr-number", "7"}, {"sha", kHead}});
    CAPTURE(event.name, asked);
    const Inputs given = inputs(raw);
    const Subject subject = resolve_subject(event, given, pull_request_facts()).value();
    const Grants grants = grants_of(event, subject, given.strategy);
    CacheServiceFacts service{.readable = true, .writable = true, .writes = may_write};
    const CacheChoice choice = choose_cache(event, given, subject, grants, image(), Strategy::push, service);
    CHECK_FALSE(choice.uses_service);
    CHECK(choice.from.empty());
    CHECK(choice.to.empty());
    CHECK(choice.warnings.size() + choice.remarks.size() == 1);

    // One that only reads cannot hurt.
    service = {.readable = true, .writable = false, .writes = Strings{}};
    const bool reads_asked = !asked.contains("cache-to");
    CHECK(choose_cache(event, given, subject, grants, image(), Strategy::push, service).uses_service ==
          reads_asked);
}

TEST_CASE("a token that does not say what it may write is for trusted code on pull_request alone") {
    const CacheServiceFacts silent{.readable = true, .writable = true};
    CHECK(choose(same_repository_pull_request(), {}, Strategy::push, silent).uses_service);
    CHECK_FALSE(choose(fork_pull_request(), {{"cache", "gha"}}, Strategy::fallback, silent).uses_service);
    CHECK_FALSE(choose(pull_request_target(kSameRepository), {}, Strategy::push, silent).uses_service);
    CHECK(choose(push_main(), {}, Strategy::push, silent).uses_service);
    CHECK(choose(merge_group(), {}, Strategy::push, silent).uses_service);
}

TEST_CASE("a run on a branch, a tag or the queue uses the token that GitHub gives its ref") {
    const auto [event, ref] = GENERATE(table<Event, std::string>({
        {push_main(), "refs/heads/main"},
        {push_branch("x"), "refs/heads/x"},
        {push_git_tag("v1"), "refs/tags/v1"},
        {merge_group(), "refs/heads/gh-readonly-queue/main/pr-7-3333333333333333333333333333333333333333"},
        {workflow_dispatch(), "refs/heads/main"},
    }));
    CAPTURE(event.name, event.ref);
    const CacheServiceFacts service{.readable = true, .writable = true, .writes = Strings{ref}};
    CHECK(choose(event, {}, Strategy::push, service).uses_service);
}

TEST_CASE("a fork whose workflow asks for the cache writes to its own pull request's scope") {
    const CacheChoice choice = choose(fork_pull_request(), {{"cache", "gha"}}, Strategy::fallback);
    CHECK(texts(choice.from) == reads({"pr-7", "main"}));
    CHECK(texts(choice.to) == writes("pr-7"));
}

TEST_CASE("cache: registry reads refs beside the image and writes where the run pushes") {
    const std::string base = "type=registry,ref=ghcr.io/acme/app:buildcache-";
    const std::string how = ",mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true";
    const CacheChoice pushed = choose(same_repository_pull_request(), {{"cache", "registry"}});
    CHECK(texts(pushed.from) == Strings{base + "pr-7", base + "main"});
    CHECK(texts(pushed.to) == Strings{base + "pr-7" + how});
    CHECK_FALSE(pushed.uses_service);

    const CacheChoice variant = choose(push_main(), {{"cache", "registry"}, {"variant", "dev"}});
    CHECK(texts(variant.from) == Strings{base + "main--dev"});
    CHECK(texts(variant.to) == Strings{base + "main--dev" + how});

    CHECK(choose(same_repository_pull_request(), {{"cache", "registry"}}, Strategy::fallback).to.empty());
    const CacheChoice fork = choose(fork_pull_request(), {{"cache", "registry"}}, Strategy::fallback);
    CHECK(fork.from == pushed.from);
    CHECK(fork.to.empty());
    CHECK_FALSE(fork.uses_service);
}

TEST_CASE("a registry cache's tag is one that a registry accepts, however long branch and variant are") {
    const CacheChoice choice = choose(push_branch(std::string(200, 'b')),
                                      {{"cache", "registry"}, {"variant", std::string(60, 'v')}});
    REQUIRE_FALSE(choice.from.empty());
    for (const CacheEntry& entry : choice.from)
        CHECK(Reference::parse(entry.reference->text));
}

TEST_CASE("cache: none is none, unless entries are given") {
    const CacheChoice none = choose(same_repository_pull_request(), {{"cache", "none"}});
    CHECK(none.from.empty());
    CHECK(none.to.empty());
    CHECK_FALSE(none.uses_service);
    CHECK(choose(push_main(), {{"cache", "none"}, {"cache-from", "type=gha"}}).from ==
          std::vector{cache("type=gha")});
}

TEST_CASE("given entries replace what cache would choose, in both directions") {
    const std::string kind = GENERATE("", "gha", "registry", "none");
    CAPTURE(kind);
    const CacheChoice from_only = choose(push_main(), {{"cache", kind}, {"cache-from", "acme/app:cache"}});
    CHECK(texts(from_only.from) == Strings{"type=registry,ref=acme/app:cache"});
    CHECK(from_only.to.empty());
    const CacheChoice to_only = choose(push_main(), {{"cache", kind}, {"cache-to", "type=inline"}});
    CHECK(to_only.from.empty());
    CHECK(texts(to_only.to) == Strings{"type=inline"});
}

TEST_CASE("a given cache-to is written where trust and strategy allow it") {
    const auto [entry, trusted_push, trusted_fallback, fork] = GENERATE(table<std::string, bool, bool, bool>({
        {"type=inline", true, true, false},
        {"type=local,dest=cache", true, true, true},
        {"type=registry,ref=ghcr.io/acme/app:cache", true, false, false},
        {"ref=ghcr.io/acme/app:cache,type=registry", true, false, false},
        {"ghcr.io/acme/app:cache", true, false, false},
        {"type=s3,bucket=x", true, true, false},
        {"type=azblob,name=x", true, true, false},
        {"type=gha", true, true, true},
    }));
    CAPTURE(entry);
    const auto written = [&](const Event& event, Strategy strategy) {
        const CacheChoice choice = choose(event, {{"cache-to", entry}}, strategy);
        CHECK(choice.to.size() + choice.warnings.size() == 1);
        return choice.to == std::vector{cache_to(entry)};
    };
    CHECK(written(same_repository_pull_request(), Strategy::push) == trusted_push);
    CHECK(written(same_repository_pull_request(), Strategy::fallback) == trusted_fallback);
    CHECK(written(fork_pull_request(), Strategy::fallback) == fork);
}

TEST_CASE("jobs that build a platform each have a cache each, because a cache is written whole") {
    const auto caches = [](const std::string& kind, const std::string& platform, const std::string& variant) {
        const Plan plan =
            decide(
                push_main(),
                inputs({{"fan-out", "true"}, {"cache", kind}, {"platforms", platform}, {"variant", variant}}),
                facts())
                .value();
        return plan.cache_from.front().text() + " " + plan.cache_to.front().text();
    };
    for (const std::string kind : {"gha", "registry"}) {
        CAPTURE(kind);
        CHECK(caches(kind, "linux/arm64", "").contains("-linux-arm64"));
        CHECK(caches(kind, "linux/arm64", "") != caches(kind, "linux/amd64", ""));
        CHECK(caches(kind, "linux/arm64", "dev").contains("--dev---linux-arm64"));
    }
}

TEST_CASE("a cache entry with a credential is not for untrusted code, and no warning shows it") {
    const auto [entry, secret] = GENERATE(table<std::string, std::string>({
        {"type=s3,bucket=b,region=r,access_key_id=AKIAQ,secret_access_key=hushhush", "hushhush"},
        {"type=s3,bucket=b,region=r,session_token=hushhush", "hushhush"},
        {"type=azblob,name=n,account_url=https://x.example,secret_access_key=hushhush", "hushhush"},
        {"type=azblob,name=n,account_url=https://x.example/?sig=hushhush", "hushhush"},
        {"type=azblob,name=n,account_url=https://u:hushhush@x.example", "hushhush"},
        {"type=s3,bucket=b,region=r,endpoint_url=https://hushhush@s3.example", "hushhush"},
        {"type=gha,scope=x,token=hushhush", "hushhush"},
        {"type=gha,scope=x,ghtoken=hushhush", "hushhush"},
        {"type=gha,scope=ghs_token", "ghs_token"},
        {"type=registry,ref=ghcr.io/acme/app:ghs_token", "ghs_token"},
    }));
    const Event event = GENERATE(fork_pull_request(), pull_request_target(kFork));
    CAPTURE(entry, event.name);
    const InputMap raw{{"cache-from", entry}, {"untrusted", "build"}};
    const CacheChoice choice = choose(event, raw, Strategy::fallback);
    CHECK(choice.from.empty());
    REQUIRE(choice.warnings.size() == 1);
    CHECK(choice.warnings.front().title == "Cache left out");
    CHECK_FALSE(choice.warnings.front().message.contains(secret));
    CHECK_FALSE(choice.uses_service);

    const CacheChoice trusted = choose(push_main(), raw);
    CHECK(texts(trusted.from) == Strings{entry});
    // A key of its own is how such a cache is used; a secret that the step was given for something else is
    // worth a word.
    CHECK(trusted.warnings.size() == (secret == "ghs_token" ? 1U : 0U));
    for (const Warning& warning : trusted.warnings)
        CHECK_FALSE(warning.message.contains(secret));
}

TEST_CASE("a cache entry whose keys are empty, as a fork's secrets are, is read without them") {
    const std::string entry = "type=s3,bucket=b,region=r,access_key_id=,secret_access_key=";
    const CacheChoice choice = choose(fork_pull_request(), {{"cache-from", entry}}, Strategy::fallback);
    CHECK(choice.from.size() == 1);
    CHECK(choice.warnings.empty());
}
