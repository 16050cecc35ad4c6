#include "docker/retry.hpp"

#include "support/text_paths.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
using docker::BuildFailure;
using docker::decide_retry;
using docker::FailureCause;
using docker::FailureKind;
using docker::Retry;
using docker::Tried;

namespace {

using Entries = std::vector<std::string>;

const std::string kOwn = "type=gha,scope=app-pr-7";
const std::string kBase = "type=gha,scope=app-main";
const std::string kImage = "type=registry,ref=ghcr.io/acme/app:buildcache-main";
const std::string kOther = "type=registry,ref=quay.io/acme/cache";

std::vector<plan::CacheEntry> caches(const Entries& entries, plan::CacheDirection direction) {
    std::vector<plan::CacheEntry> all;
    for (const std::string& entry : entries)
        all.push_back(plan::parse_cache(entry, direction, support::TextPaths("/w")).value().front());
    return all;
}

std::vector<plan::CacheEntry> read(const Entries& entries) {
    return caches(entries, plan::CacheDirection::from);
}

std::vector<plan::CacheEntry> written(const Entries& entries) {
    return caches(entries, plan::CacheDirection::to);
}

plan::Plan plan_with(const Entries& from, const Entries& to = {}) {
    plan::Plan plan;
    plan.cache_from = read(from);
    plan.cache_to = written(to);
    plan.builder.driver = plan::Driver::docker;
    return plan;
}

BuildFailure failure(FailureKind kind, FailureCause cause, std::string error = "some reason") {
    return {.kind = kind, .reason = error, .cause = cause, .error = error};
}

std::optional<Retry> decide(const BuildFailure& failed, const plan::Plan& plan = {}, Tried tried = {},
                            plan::RetryLimits limits = {}, double random = 0) {
    return decide_retry(failed, plan, tried, limits, random);
}

}  // namespace

TEST_CASE("what time may heal is tried again, and nothing else") {
    struct Row {
        FailureKind kind;
        FailureCause cause;
        bool again;
    };
    const std::vector<Row> rows{
        {FailureKind::push, FailureCause::server, true},
        {FailureKind::push, FailureCause::lasting, false},
        {FailureKind::base_image, FailureCause::name_resolution, true},
        {FailureKind::base_image, FailureCause::rate_limit, true},
        {FailureKind::base_image, FailureCause::lasting, false},
        {FailureKind::engine, FailureCause::builder_gone, true},
        {FailureKind::builder, FailureCause::timeout, true},
        {FailureKind::builder, FailureCause::lasting, false},
        {FailureKind::other, FailureCause::cut_off, true},
        {FailureKind::other, FailureCause::lasting, false},
        {FailureKind::timed_out, FailureCause::timeout, true},
        {FailureKind::timed_out, FailureCause::lasting, false},
        // Whatever the text of these says.
        {FailureKind::step, FailureCause::network, false},
        {FailureKind::dockerfile, FailureCause::network, false},
        {FailureKind::source, FailureCause::network, false},
        {FailureKind::interrupted, FailureCause::network, false},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.kind), static_cast<int>(row.cause));
        CHECK(decide(failure(row.kind, row.cause)).has_value() == row.again);
    }
}

TEST_CASE("the wait doubles, has an upper limit, a random quarter, and is not shorter than a server asks") {
    struct Row {
        unsigned attempts;
        std::chrono::seconds first;
        double random;
        std::string error;
        std::chrono::milliseconds wait;
    };
    const std::vector<Row> rows{
        {1, 10s, 0, "x", 10s},
        {2, 10s, 0, "x", 20s},
        {3, 10s, 0, "x", 40s},
        {9, 10s, 0, "x", 120s},
        {1, 300s, 0, "x", 300s},
        {4, 300s, 0, "x", 300s},
        {1, 10s, 0.5, "x", 11250ms},
        {1, 0s, 0.9, "x", 0s},
        {1, 10s, 0, "retry-after: 42s", 42s},
        {1, 10s, 0, "retry-after: 3s", 10s},
        {1, 0s, 0, "retry-after: 1s", 1s},
    };
    for (const Row& row : rows) {
        CAPTURE(row.attempts, row.first.count(), row.random, row.error);
        const auto retry =
            decide(failure(FailureKind::push, FailureCause::server, row.error), {},
                   {.attempts = row.attempts}, {.attempts = 10, .wait = row.first}, row.random);
        REQUIRE(retry);
        CHECK(retry->wait == row.wait);
    }
    CHECK_FALSE(decide(failure(FailureKind::push, FailureCause::rate_limit, "retry-after: 1h")));
}

TEST_CASE("the last attempt is the last") {
    const BuildFailure failed = failure(FailureKind::push, FailureCause::server);
    CHECK(decide(failed, {}, {.attempts = 2}));
    CHECK_FALSE(decide(failed, {}, {.attempts = 3}));
    CHECK_FALSE(decide(failed, {}, {.attempts = 1}, {.attempts = 1}));
}

TEST_CASE("a retry says which attempt failed, why, and that a repeated push builds nothing") {
    const auto retry = decide(failure(FailureKind::push, FailureCause::server, "unknown: injected"));
    REQUIRE(retry);
    CHECK(retry->title == "Build is tried again");
    CHECK(
        retry->message ==
        "Attempt 1 of 3 failed, because the server has a problem of its own: unknown: injected. The next one "
        "begins in 10s. Nothing is built again: every step is in the builder's cache, only the push is "
        "repeated.");
    const auto unstarted = decide(failure(FailureKind::builder, FailureCause::network, "refused"));
    REQUIRE(unstarted);
    CHECK(unstarted->message.ends_with("The next one begins in 10s."));
}

TEST_CASE("a broken cache is left out at once, and only the one that the error speaks of") {
    struct Row {
        FailureKind kind;
        std::string error;
        Entries without_from;
        Entries without_to;
    };
    const Entries all{kOwn, kBase, kImage, kOther};
    const std::vector<Row> rows{
        {FailureKind::cache_import, "failed to copy: GET https://x: BlobNotFound", {kOwn, kBase}, {}},
        {FailureKind::cache_import, "failed to configure registry cache importer: x", {kImage, kOther}, {}},
        {FailureKind::other,
         "failed to copy: httpReadSeeker: failed open: content at "
         "https://ghcr.io/v2/acme/app/manifests/sha256:1 not found: not found",
         {kImage},
         {}},
        {FailureKind::base_image,
         "failed to copy: httpReadSeeker: failed open: could not fetch content descriptor sha256:1 (x) from "
         "remote: not found",
         all,
         {}},
        {FailureKind::cache_export, "failed to configure gha cache exporter: invalid token", {}, {kOwn}},
        {FailureKind::cache_export, "the cache was written without any progress for 2m", {}, {kOwn, kImage}},
    };
    const plan::Plan plan = plan_with(all, {kOwn, kImage});
    for (const Row& row : rows) {
        CAPTURE(row.error);
        // However often it was tried.
        const auto retry = decide(failure(row.kind, FailureCause::lasting, row.error), plan, {.attempts = 3});
        REQUIRE(retry);
        CHECK(retry->without.from == read(row.without_from));
        CHECK(retry->without.to == written(row.without_to));
        CHECK(retry->wait == 0ms);
    }
    CHECK_FALSE(decide(failure(FailureKind::cache_import, FailureCause::lasting), plan_with({})));
    CHECK_FALSE(decide(failure(FailureKind::cache_export, FailureCause::lasting), plan_with({kOwn})));
    CHECK_FALSE(decide(failure(FailureKind::base_image, FailureCause::lasting, "a: not found"), plan));
}

TEST_CASE("a builder that mislaid a finished step runs every step anew, once, whatever was tried") {
    const BuildFailure failed =
        failure(FailureKind::other, FailureCause::lost_state, "snapshot a does not exist");
    const auto retry = decide(failed, plan_with({kOwn}, {kOwn}), {.attempts = 3});
    REQUIRE(retry);
    CHECK(retry->without.steps);
    CHECK(retry->without.from.empty());
    CHECK(retry->without.to.empty());
    CHECK(retry->title == "Cache not used");
    CHECK(retry->message ==
          "Every step is run once more, because the builder does not find what it keeps of a finished step: "
          "snapshot a does not exist");
    plan::Plan anew;
    anew.build.no_cache = true;
    const auto again = decide(failed, anew);
    REQUIRE(again);
    CHECK_FALSE(again->without.any());
    CHECK_FALSE(decide(failed, anew, {.attempts = 3}));
}

TEST_CASE("a cache that stays out of reach is left out after the last attempt") {
    const plan::Plan plan = plan_with({kImage, kOther});
    const BuildFailure failed = failure(
        FailureKind::other, FailureCause::server,
        "failed to copy: unexpected status from GET request to https://quay.io/v2/acme/cache/blobs/1: 503 x");
    const auto second = decide(failed, plan);
    REQUIRE(second);
    CHECK(second->without.from.empty());
    const auto last = decide(failed, plan, {.attempts = 3});
    REQUIRE(last);
    CHECK(last->without.from == read({kOther}));
}

TEST_CASE("only a builder that this program made is made anew, and once") {
    const BuildFailure gone = failure(FailureKind::engine, FailureCause::builder_gone);
    plan::Plan plan;
    plan.builder = {.driver = plan::Driver::docker_container, .name = "b", .why = {}};
    CHECK(decide(gone, plan)->renew_builder);
    CHECK_FALSE(decide(gone, plan, {.attempts = 2, .builder_renewed = true})->renew_builder);
    CHECK_FALSE(decide(failure(FailureKind::push, FailureCause::server), plan)->renew_builder);
    const BuildFailure corrupted = failure(FailureKind::base_image, FailureCause::corrupted);
    CHECK(decide(corrupted, plan)->renew_builder);
    CHECK_FALSE(decide(corrupted, plan, {.attempts = 2, .builder_renewed = true}));
    plan.builder.existing = true;
    CHECK_FALSE(decide(gone, plan)->renew_builder);
    CHECK_FALSE(decide(corrupted, plan));
    plan.builder = {.driver = plan::Driver::docker, .name = "default", .why = {}};
    CHECK_FALSE(decide(gone, plan)->renew_builder);
}
