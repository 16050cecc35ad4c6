#include "fakes/http_server.hpp"
#include "github/api.hpp"
#include "github/branches.hpp"
#include "github/commits.hpp"
#include "github/packages.hpp"
#include "github/pull_request_states.hpp"
#include "github/pulls.hpp"
#include "text/utf8.hpp"
#include "unit/github/world.hpp"
#include "unit/hostile_bodies.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <string>

/// A server in the place of GitHub's that answers what GitHub would not.
using namespace pr_image;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;

namespace {

const std::string kToken = "ghs_good";

void check_words(const Error& error) {
    const std::string words = text::to_string(error);
    CHECK_FALSE(error.what.empty());
    CHECK(text::is_utf8(words));
    CHECK(words.size() < 2048);
    CHECK(std::ranges::none_of(words, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    CHECK_FALSE(words.contains(kToken));
}

}  // namespace

TEST_CASE("an answer that GitHub would not give is an error in words") {
    const int status = GENERATE(200, 404, 422);
    for (const auto& [what, body] : test::hostile_bodies()) {
        INFO(status << " with " << what);
        const HttpServer server([&](const Seen&) { return Reply{.status = status, .body = body}; });
        github::World world;
        std::string url = server.url();
        url.pop_back();
        const PullRequestNumber number = PullRequestNumber::parse("7").value();
        const CommitSha commit = CommitSha::parse(std::string(40, 'a')).value();
        const auto pull = world.run(github::pull_request(world.api(url), "acme/app", number));
        REQUIRE_FALSE(pull);
        check_words(pull.error());
        const auto date = world.run(github::commit_date(world.api(url), "acme/app", commit));
        REQUIRE_FALSE(date);
        check_words(date.error());
        const auto branches = world.run(github::list_branches(world.api(url), "acme/app", 1));
        if (!branches) check_words(branches.error().error);
        const auto state = world.run(github::pull_request_state(world.api(url), "acme/app", number));
        if (!state) check_words(state.error().error);
        const auto package = world.run(github::find_package(world.api(url), "https://github.com", "acme",
                                                            "app", github::OwnerKind::unknown));
        if (!package) check_words(package.error().error);
    }
}
