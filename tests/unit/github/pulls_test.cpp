#include "github/pulls.hpp"

#include "fakes/http_server.hpp"
#include "unit/github/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;

namespace {
const std::string kSha(40, 'a');
}

TEST_CASE("a pull request's head, its repository and its state are read from GitHub's answer") {
    const std::string json = R"({"state":"open","head":{"sha":")" + kSha + R"(","repo":{"id":7}}})";
    const Result<plan::PullRequestFacts> facts = github::parse_pull_request(json);
    REQUIRE(facts);
    CHECK(facts->head_repository_id == 7);
    CHECK(facts->head_sha.string() == kSha);
    CHECK(facts->open);
}

TEST_CASE("a head repository that was deleted is nobody's") {
    const std::string json = R"({"state":"closed","head":{"sha":")" + kSha + R"(","repo":null}})";
    const Result<plan::PullRequestFacts> facts = github::parse_pull_request(json);
    REQUIRE(facts);
    CHECK(facts->head_repository_id == 0);
    CHECK_FALSE(facts->open);
}

TEST_CASE("an answer without a well-formed head commit is refused") {
    const std::string json = GENERATE("", "{}", "[]", R"({"head":{"sha":"x"}})", R"({"head":{"sha":7}})");
    CHECK_FALSE(github::parse_pull_request(json));
}

TEST_CASE("a pull request is asked for with the token, and one that may not be read names the permission") {
    const int status = GENERATE(401, 403, 404);
    const fakes::HttpServer server([&](const fakes::Seen&) {
        return fakes::Reply{.status = status, .body = R"({"message":"Not for you"})"};
    });
    github::World world;
    const auto number = PullRequestNumber::parse("7").value();
    const auto asked = world.run(github::pull_request(world.api(server.url("")), "acme/app", number));
    REQUIRE_FALSE(asked);
    CHECK(asked.error().what == "Cannot read pull request #7");
    CHECK(asked.error().fix.contains("pull-requests: read"));
    REQUIRE_FALSE(server.requests().empty());
    CHECK(server.requests().front().target == "/repos/acme/app/pulls/7");
    CHECK(server.requests().front().header("Authorization") == "Bearer ghs_good");
}
