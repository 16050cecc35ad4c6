#include "github/artifacts/upload.hpp"

#include "text/sha256.hpp"
#include "unit/github/artifacts/fixture.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace pr_image;
using namespace pr_image::github::artifacts;
using fakes::Fault;
using test::Fixture;
using test::sample;

namespace {

UploadOptions options() {
    return {.transfer = {.content_type = "application/x-tar",
                         .block_size = 100'000,
                         .in_flight = 3,
                         .retry = Fixture::quick()}};
}

Result<Uploaded> upload_sample(Fixture& fixture, const fakes::RunToken& run, std::size_t size = 250'000) {
    fixture.folder.write("image.tar", sample(size));
    return fixture.run(
        upload(fixture.service(run), Fixture::name(), fixture.folder.path("image.tar"), options()));
}

std::size_t calls(const Fixture& fixture, std::string_view method) {
    const auto requests = fixture.fake.requests();
    return static_cast<std::size_t>(std::ranges::count_if(
        requests, [&](const fakes::Seen& request) { return request.target.ends_with(method); }));
}

}  // namespace

TEST_CASE("an upload makes one complete artifact with its size and digest") {
    Fixture fixture;
    const auto uploaded = upload_sample(fixture, {});
    REQUIRE(uploaded);
    CHECK(uploaded->id == 1001);
    CHECK(uploaded->size == 250'000);
    CHECK(uploaded->digest == text::sha256(sample(250'000)));
    CHECK_FALSE(uploaded->replaced);
    fixture.fake.with_artifacts([&](fakes::ArtifactService& artifacts) {
        REQUIRE(artifacts.artifacts().size() == 1);
        CHECK(artifacts.artifacts().front().complete);
        CHECK(artifacts.artifacts().front().digest == uploaded->digest.string());
    });
    CHECK(fixture.fake.requests().size() == 2 + 3 + 1);
}

TEST_CASE("a job that is run again replaces its own artifact") {
    struct Row {
        std::string what;
        fakes::RunToken first, second;
        bool names_for_the_whole_run, replaced;
    };
    const std::vector<Row> rows{
        {"the same attempt", {}, {}, false, true},
        {"a later attempt", {.attempt = "run-1"}, {.attempt = "run-2"}, false, false},
        {"a later attempt, names for the whole run", {.attempt = "run-1"}, {.attempt = "run-2"}, true, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Fixture fixture;
        fixture.fake.with_artifacts([&](fakes::ArtifactService& artifacts) {
            artifacts.names_for_the_whole_run = row.names_for_the_whole_run;
        });
        REQUIRE(upload_sample(fixture, row.first, 1000));
        const auto again = upload_sample(fixture, row.second, 2000);
        INFO((again ? "" : again.error().why));
        REQUIRE(again);
        CHECK(again->replaced == row.replaced);
        const auto newest = fixture.run(fixture.service(row.second).list(Fixture::name()));
        REQUIRE(newest);
        CHECK(newest->size() == (row.replaced ? 1 : 2));
        CHECK(newest->front().size == 2000);
    }
}

TEST_CASE("what a job reserved and never completed is its own to replace") {
    Fixture fixture;
    REQUIRE(fixture.run(fixture.service().create(Fixture::name(), "application/x-tar", std::nullopt)));
    const auto uploaded = upload_sample(fixture, {});
    REQUIRE(uploaded);
    CHECK(uploaded->replaced);
}

TEST_CASE("a reservation whose answer was lost is met again and replaced") {
    Fixture fixture;
    fixture.fake.add_fault({.kind = Fault::Kind::lost_answer, .target = "CreateArtifact"});
    REQUIRE(upload_sample(fixture, {}));
    fixture.fake.with_artifacts(
        [](fakes::ArtifactService& artifacts) { CHECK(artifacts.artifacts().size() == 1); });
}

TEST_CASE("another job's artifact of that name is never touched") {
    SECTION("complete") {
        Fixture fixture;
        REQUIRE(upload_sample(fixture, {.job = "job-2"}, 1000));
        const auto refused = upload_sample(fixture, {.job = "job-1"});
        REQUIRE_FALSE(refused);
        CHECK_THAT(refused.error().what, Catch::Matchers::ContainsSubstring("'image.tar' is taken"));
        CHECK_THAT(refused.error().why, Catch::Matchers::ContainsSubstring("another job"));
        CHECK_THAT(refused.error().fix, Catch::Matchers::ContainsSubstring("variant"));
        CHECK(calls(fixture, "DeleteArtifact") == 0);
        const auto listed = fixture.run(fixture.service().list(Fixture::name()));
        CHECK(listed->front().size == 1000);
    }
    SECTION("still uploading") {
        Fixture fixture;
        REQUIRE(fixture.run(
            fixture.service({.job = "job-2"}).create(Fixture::name(), "application/x-tar", std::nullopt)));
        const auto refused = upload_sample(fixture, {.job = "job-1"});
        REQUIRE_FALSE(refused);
        CHECK_THAT(refused.error().why, Catch::Matchers::ContainsSubstring("is uploading"));
        fixture.fake.with_artifacts(
            [](fakes::ArtifactService& artifacts) { CHECK(artifacts.artifacts().front().job == "job-2"); });
    }
    SECTION("in this attempt, while ours is of an earlier one") {
        Fixture fixture;
        fixture.fake.with_artifacts([](fakes::ArtifactService& artifacts) {
            artifacts.names_for_the_whole_run = true;
            artifacts.add({.attempt = "run-1", .job = "job-1"}, "image.tar", "ours", "application/x-tar");
            artifacts.add({.attempt = "run-2", .job = "job-2"}, "image.tar", "theirs", "application/x-tar");
        });
        REQUIRE_FALSE(upload_sample(fixture, {.attempt = "run-2", .job = "job-1"}));
        CHECK(calls(fixture, "DeleteArtifact") == 0);
    }
}

TEST_CASE("two jobs that upload at once under names of their own both succeed") {
    Fixture fixture;
    Fixture other;
    other.folder.write("image.tar", sample(300'000));
    auto theirs = ResultsService::open(other.client, fixture.fake.url(),
                                       fakes::ResultsService::token({.job = "job-2"}), {})
                      .value();
    std::optional<Result<Uploaded>> second;
    std::thread thread([&] {
        second =
            other.run(upload(theirs, Fixture::name("dev.tar"), other.folder.path("image.tar"), options()));
    });
    const auto first = upload_sample(fixture, {.job = "job-1"}, 300'000);
    thread.join();
    CHECK(first);
    CHECK(*second);
}

TEST_CASE("a completion whose answer was lost counts when the artifact is there as we made it") {
    Fixture fixture;
    fixture.fake.add_fault({.kind = Fault::Kind::lost_answer, .target = "FinalizeArtifact"});
    const auto uploaded = upload_sample(fixture, {});
    INFO((uploaded ? "" : uploaded.error().why));
    REQUIRE(uploaded);
    CHECK(uploaded->id == 1001);
}

TEST_CASE("an upload that fails leaves nothing reserved") {
    const std::vector<Fault> faults{
        {.kind = Fault::Kind::status, .target = "comp=block&", .times = -1, .status = 503},
        {.kind = Fault::Kind::expired_address, .target = "comp=block&", .skip = 1, .times = -1},
        {.kind = Fault::Kind::status, .target = "comp=blocklist", .times = -1, .status = 400},
    };
    for (std::size_t i = 0; i < faults.size(); ++i) {
        CAPTURE(i);
        Fixture fixture;
        fixture.fake.add_fault(faults[i]);
        REQUIRE_FALSE(upload_sample(fixture, {}));
        fixture.fake.with_artifacts(
            [](fakes::ArtifactService& artifacts) { CHECK(artifacts.artifacts().empty()); });
    }
}

TEST_CASE("an artifact expires as wished, and no later than the repository allows") {
    const std::chrono::sys_seconds now = std::chrono::sys_days(std::chrono::year(2027) / 1 / 30);
    CHECK(expiry(now, 1, 0) == now + std::chrono::days(1));
    CHECK(expiry(now, 7, 90) == now + std::chrono::days(7));
    CHECK(expiry(now, 90, 7) == now + std::chrono::days(7));
    CHECK_FALSE(expiry(now, 0, 90));
}
