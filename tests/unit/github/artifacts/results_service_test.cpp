#include "github/artifacts/results_service.hpp"

#include "unit/github/artifacts/fixture.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::github::artifacts;
using fakes::Fault;
using test::Fixture;

TEST_CASE("the Results service needs an address and a token") {
    Fixture fixture;
    const std::string token = fakes::ResultsService::token({});
    struct Row {
        std::string url, token;
    };
    const std::vector<Row> rows{
        {"", token}, {"https://results/", ""}, {"ftp://x/", token}, {"https://x/", "opaque"}};
    for (const Row& row : rows) {
        CAPTURE(row.url);
        const auto opened = ResultsService::open(fixture.client, row.url, row.token, {});
        REQUIRE_FALSE(opened);
        CHECK(opened.error().what == "Artifacts are not available to this step");
        if (row.token == token) CHECK(to_string(opened.error()).find(token) == std::string::npos);
    }
}

TEST_CASE("an artifact is created for one raw file, with its type and its expiry") {
    Fixture fixture;
    ResultsService service = fixture.service();
    const std::chrono::sys_seconds expiry = std::chrono::sys_days(std::chrono::year(2027) / 3 / 4);
    const auto url = fixture.run(service.create(Fixture::name("größe.tar"), "application/x-tar", expiry));
    REQUIRE(url);
    CHECK(fixture.masked.size() == 2);
    fixture.fake.with_artifacts([](fakes::ArtifactService& artifacts) {
        REQUIRE(artifacts.artifacts().size() == 1);
        const fakes::StoredArtifact& made = artifacts.artifacts().front();
        CHECK(made.name == "größe.tar");
        CHECK(made.mime_type == "application/x-tar");
        CHECK(made.expires_at == "2027-03-04T00:00:00Z");
        CHECK_FALSE(made.complete);
    });
    const fakes::Seen request = fixture.fake.requests().front();
    CHECK(request.target == "/twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact");
    CHECK_THAT(request.body, Catch::Matchers::ContainsSubstring(R"("version":7)"));
}

TEST_CASE("artifacts of a name are listed newest first, in both of protobuf's JSON forms") {
    for (const bool camel_case : {false, true}) {
        CAPTURE(camel_case);
        Fixture fixture;
        fixture.fake.with_artifacts([&](fakes::ArtifactService& artifacts) {
            artifacts.camel_case = camel_case;
            artifacts.add({.attempt = "run-0", .job = "job-0"}, "image.tar", "first", "application/x-tar");
            artifacts.add({.attempt = "run-1", .job = "job-1"}, "image.tar", "second", "application/x-tar");
            artifacts.add({.attempt = "run-1", .job = "job-1"}, "other.tar", "third", "application/x-tar");
            artifacts.add({.run_id = 2, .attempt = "run-2"}, "image.tar", "fourth", "application/x-tar");
        });
        ResultsService service = fixture.service();
        const auto listed = fixture.run(service.list(Fixture::name()));
        REQUIRE(listed);
        REQUIRE(listed->size() == 2);
        CHECK(listed->front().id == 1002);
        CHECK(listed->front().size == 6);
        CHECK(listed->front().owner == JobScope{"run-1", "job-1"});
        REQUIRE(listed->front().digest);
        CHECK(listed->back().owner == JobScope{"run-0", "job-0"});
        CHECK(fixture.run(service.locate(Fixture::name(), listed->front().owner)));
        CHECK(fixture.run(service.list(Fixture::name("none")))->empty());
    }
}

TEST_CASE("a refusal keeps the service's status, its code and its words") {
    Fixture fixture;
    ResultsService service = fixture.service();
    REQUIRE(fixture.run(service.create(Fixture::name(), "application/x-tar", std::nullopt)));
    const auto taken = fixture.run(service.create(Fixture::name(), "application/x-tar", std::nullopt));
    REQUIRE_FALSE(taken);
    CHECK(taken.error().status == 409);
    CHECK(taken.error().code == "already_exists");
    CHECK_THAT(taken.error().error.why,
               Catch::Matchers::ContainsSubstring("already exists on the workflow run"));

    const auto missing = fixture.run(service.remove(Fixture::name("none"), service.scope()));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().status == 404);

    Fixture other;
    auto expired =
        ResultsService::open(other.client, fixture.fake.url(),
                             fakes::ResultsService::token({.lifetime = std::chrono::seconds(-1)}), {});
    const auto refused = other.run(expired->list(Fixture::name()));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == 401);
    CHECK_THAT(refused.error().error.fix, Catch::Matchers::ContainsSubstring("ends with the job"));
}

TEST_CASE("a call is tried again while the service fails, and not for ever") {
    Fixture fixture;
    ResultsService service = fixture.service();
    fixture.fake.add_fault({.kind = Fault::Kind::status, .times = 1, .status = 502});
    fixture.fake.add_fault({.kind = Fault::Kind::lost_answer, .times = 1});
    CHECK(fixture.run(service.list(Fixture::name())));
    CHECK(fixture.fake.requests().size() == 3);

    fixture.fake.add_fault({.kind = Fault::Kind::status, .times = -1, .status = 500});
    const auto failed = fixture.run(service.list(Fixture::name()));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().status == 500);
    CHECK(fixture.fake.requests().size() == 7);
}

TEST_CASE("an answer that is no answer is an error") {
    for (const std::string& body :
         {std::string("nonsense"), std::string("[]"), std::string("{\"ok\":true}")}) {
        CAPTURE(body);
        fakes::HttpServer server([&](const fakes::Seen&) { return fakes::Reply{.body = body}; });
        Fixture fixture;
        auto service =
            ResultsService::open(fixture.client, server.url(), fakes::ResultsService::token({}), {}).value();
        CHECK_FALSE(fixture.run(service.create(Fixture::name(), "application/x-tar", std::nullopt)));
        CHECK_FALSE(fixture.run(
            service.finalize(Fixture::name(), 1, Digest::parse("sha256:" + std::string(64, '0')).value())));
        CHECK_FALSE(fixture.run(service.locate(Fixture::name(), service.scope())));
    }
}
