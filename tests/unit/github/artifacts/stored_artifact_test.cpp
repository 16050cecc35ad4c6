#include "github/artifacts/stored_artifact.hpp"

#include "unit/github/artifacts/fixture.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::github::artifacts;
using test::Fixture;

namespace {

OtherRun other_run(Fixture& fixture, std::uint64_t id) {
    return {.api_url = fixture.fake.url(),
            .repository = std::string(fakes::ResultsService::kRepository),
            .run_id = id,
            .token = std::string(fakes::ResultsService::kRestToken),
            .mask = [&fixture](std::string_view secret) { fixture.masked.emplace_back(secret); }};
}

std::string content(Fixture& fixture, const StoredArtifact& artifact) {
    const http::Url url = fixture.run(artifact.locate()).value();
    return fixture.run(fixture.client.send({.url = url})).value().body;
}

}  // namespace

TEST_CASE("the newest artifact of a name in this run is found, of whichever job and attempt") {
    Fixture fixture;
    fixture.fake.with_artifacts([](fakes::ArtifactService& artifacts) {
        artifacts.add({.attempt = "run-0", .job = "build"}, "image.tar", "older", "application/x-tar");
        artifacts.add({.attempt = "run-1", .job = "build"}, "image.tar", "newer", "application/x-tar");
        artifacts.add({.attempt = "run-1", .job = "build"}, "image", "other", "application/x-tar");
        artifacts.add({.run_id = 2, .attempt = "x", .job = "build"}, "image.tar", "foreign",
                      "application/x-tar");
    });
    const auto found = fixture.run(find_in_this_run(fixture.service({.job = "test"}), Fixture::name()));
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->id == 1002);
    CHECK((*found)->size == 5);
    CHECK((*found)->digest);
    CHECK(content(fixture, **found) == "newer");
    CHECK_FALSE(fixture.masked.empty());
}

TEST_CASE("an artifact that is not there is no error") {
    Fixture fixture;
    const auto here = fixture.run(find_in_this_run(fixture.service(), Fixture::name()));
    REQUIRE(here);
    CHECK_FALSE(*here);
    const auto there = fixture.run(find_in_other_run(fixture.client, other_run(fixture, 7), Fixture::name()));
    REQUIRE(there);
    CHECK_FALSE(*there);
}

TEST_CASE("another run's newest artifact that has not expired is found through the REST API") {
    Fixture fixture;
    fixture.fake.with_artifacts([](fakes::ArtifactService& artifacts) {
        artifacts.add({.run_id = 7}, "größe.tar", "older", "application/x-tar");
        artifacts.add({.run_id = 7, .attempt = "run-2"}, "größe.tar", "newer", "application/x-tar");
        artifacts.add({.run_id = 7, .attempt = "run-3"}, "größe.tar", "expired", "application/x-tar");
        artifacts.artifacts().back().expired = true;
        artifacts.add({.run_id = 8}, "größe.tar", "foreign", "application/x-tar");
    });
    const auto found =
        fixture.run(find_in_other_run(fixture.client, other_run(fixture, 7), Fixture::name("größe.tar")));
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->id == 1002);
    CHECK((*found)->digest);
    CHECK(content(fixture, **found) == "newer");
    CHECK(fixture.masked.size() >= 1);
}

TEST_CASE("a token that may not read the other run's artifacts is an error that names the permission") {
    Fixture fixture;
    OtherRun run = other_run(fixture, 7);
    run.token = "ghs_wrong";
    const auto found = fixture.run(find_in_other_run(fixture.client, run, Fixture::name()));
    REQUIRE_FALSE(found);
    CHECK_THAT(found.error().why,
               Catch::Matchers::ContainsSubstring("Resource not accessible by integration"));
    CHECK_THAT(found.error().fix, Catch::Matchers::ContainsSubstring("actions: read"));
    CHECK(to_string(found.error()).find("ghs_wrong") == std::string::npos);
}

TEST_CASE("what is no repository never becomes a path") {
    Fixture fixture;
    for (const std::string repository :
         {"", "app", "acme/app/x", "acme/..", "acme/a b", "/app", "acme/app?x"}) {
        CAPTURE(repository);
        OtherRun run = other_run(fixture, 7);
        run.repository = repository;
        CHECK_FALSE(fixture.run(find_in_other_run(fixture.client, run, Fixture::name())));
    }
    CHECK(fixture.fake.requests().empty());
}

TEST_CASE("an enterprise server's API is below a path of its own") {
    Fixture fixture;
    std::string target;
    fakes::HttpServer server([&](const fakes::Seen& request) {
        target = request.target;
        return fakes::Reply{.body = R"({"artifacts":[]})"};
    });
    OtherRun run = other_run(fixture, 7);
    run.api_url = server.url("/api/v3");
    REQUIRE(fixture.run(find_in_other_run(fixture.client, run, Fixture::name())));
    CHECK(target == "/api/v3/repos/acme/app/actions/runs/7/artifacts?per_page=100&name=image.tar");
}
