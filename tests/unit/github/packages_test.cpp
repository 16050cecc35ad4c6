#include "github/packages.hpp"

#include "fakes/package_server.hpp"
#include "unit/github/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using fakes::PackageServer;
using github::Deletion;
using github::FailureKind;
using github::OwnerKind;
using github::World;

namespace {

constexpr text::Timestamp kNow{std::chrono::hours(495'000)};

struct Packages : World {
    Packages() {
        server.api().add_account("acme", "Organization");
        server.api().add_account("mona", "User");
        server.api().add_token("ghs_good", {});
        server.api().add_token("ghp_mona", {.login = "mona"});
    }
    github::Package find(const std::string& owner, const std::string& name,
                         OwnerKind kind = OwnerKind::unknown) {
        return run(github::find_package(api(server.api_url()), "https://github.com", owner, name, kind))
            .value();
    }
    PackageServer server;
};

}  // namespace

TEST_CASE("a package's address depends on whose it is, and its slashes are encoded") {
    Packages world;
    CHECK(world.find("acme", "app/dev").path == "/orgs/acme/packages/container/app%2Fdev");
    CHECK(world.find("mona", "app").path == "/users/mona/packages/container/app");
    CHECK(world.find("mona", "app").settings ==
          "https://github.com/users/mona/packages/container/app/settings");
    const std::size_t before = world.server.requests().size();
    CHECK(world.find("acme", "app", OwnerKind::organization).path == "/orgs/acme/packages/container/app");
    CHECK(world.server.requests().size() == before);
}

TEST_CASE("an owner that does not exist is said to be no owner") {
    Packages world;
    const auto package = world.run(github::find_package(
        world.api(world.server.api_url()), "https://github.com", "nobody", "app", OwnerKind::unknown));
    REQUIRE_FALSE(package);
    CHECK(package.error().kind == FailureKind::absent);
}

TEST_CASE("versions come page by page with their tags and times") {
    Packages world;
    for (int i = 0; i < 250; ++i)
        world.server.push_image("acme/app", i == 249 ? "pr-7-abc" : "", std::to_string(i),
                                kNow + std::chrono::hours(i));
    github::Package package = world.find("acme", "app");
    const auto first = world.run(github::list_versions(world.api(world.server.api_url()), package, 1));
    REQUIRE(first);
    CHECK(first->pages.last == 3);
    CHECK(first->pages.next == 2);
    REQUIRE(first->versions.size() == 100);
    CHECK(first->versions[0].tags == std::vector<std::string>{"pr-7-abc"});
    CHECK(first->versions[0].created == kNow + std::chrono::hours(249));
    const auto third = world.run(github::list_versions(world.api(world.server.api_url()), package, 3));
    REQUIRE(third);
    CHECK(third->versions.size() == 50);
}

TEST_CASE("a user's private package is found under the token's own account") {
    Packages world;
    world.server.push_image("mona/app", "latest", "x", kNow);
    world.server.api().add_account("mona", "Organization");  // so that /users/mona does not show it
    github::Package package{.path = "/users/mona/packages/container/app", .settings = "", .name = "mona/app"};
    const auto own =
        world.run(github::list_versions(world.api(world.server.api_url(), "ghp_mona"), package, 1));
    REQUIRE(own);
    CHECK(package.path == "/user/packages/container/app");
    github::Package again{.path = "/users/mona/packages/container/app", .settings = "", .name = "mona/app"};
    CHECK_FALSE(world.run(github::list_versions(world.api(world.server.api_url(), "ghs_good"), again, 1)));
    for (const fakes::Seen& seen : world.server.requests()) {
        if (seen.header("Authorization") == "Bearer ghs_good") CHECK_FALSE(seen.target.contains("/user/"));
    }
}

TEST_CASE("a package that cannot be seen is explained by its name, its access and the token") {
    Packages world;
    github::Package package = world.find("acme", "absent");
    const auto absent = world.run(github::list_versions(world.api(world.server.api_url()), package, 1));
    REQUIRE_FALSE(absent);
    CHECK(absent.error().kind == FailureKind::absent);
    CHECK(absent.error().error.fix.contains("packages: write"));
    world.server.api().add_token("github_pat_x", {.see_packages = false});
    world.server.push_image("acme/app", "latest", "x", kNow);
    package = world.find("acme", "app");
    const auto wrong_kind =
        world.run(github::list_versions(world.api(world.server.api_url(), "github_pat_x"), package, 1));
    REQUIRE_FALSE(wrong_kind);
    CHECK(wrong_kind.error().error.fix.contains("fine-grained"));
    const auto unknown =
        world.run(github::list_versions(world.api(world.server.api_url(), "ghs_revoked"), package, 1));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == FailureKind::refused);
    CHECK(unknown.error().error.fix.contains("expired"));
}

TEST_CASE("a deletion ends in one of the ways that GitHub has") {
    Packages world;
    world.server.push_image("acme/app", "pr-7-abc", "a", kNow);
    world.server.push_image("acme/app", "latest", "b", kNow);
    const auto versions = world.server.api().versions("acme/app");
    const github::Package package = world.find("acme", "app");
    const github::Api api = world.api(world.server.api_url());
    const auto remove = [&](std::uint64_t id) {
        return world.run(github::delete_version(api, package, id)).value();
    };

    world.server.api().set_downloads("acme/app", versions[1].digest, 5'001);
    const Deletion popular = remove(versions[1].id);
    CHECK(popular.kind == Deletion::Kind::refused);
    CHECK(popular.why.contains("5000 downloads"));
    CHECK(remove(versions[0].id).kind == Deletion::Kind::deleted);
    CHECK(remove(versions[0].id).kind == Deletion::Kind::absent);
    world.server.api().set_downloads("acme/app", versions[1].digest, 0);
    const Deletion last = remove(versions[1].id);
    CHECK(last.kind == Deletion::Kind::refused);
    CHECK(last.why.contains("last tagged version"));

    world.server.api().add_token("ghs_writer", {.delete_packages = false});
    const auto denied = world.run(
        github::delete_version(world.api(world.server.api_url(), "ghs_writer"), package, versions[1].id));
    REQUIRE(denied);
    CHECK(denied->kind == Deletion::Kind::denied);
}

TEST_CASE("one version is looked at by its id") {
    Packages world;
    world.server.push_image("acme/app", "latest", "a", kNow);
    const auto version = world.server.api().versions("acme/app").at(0);
    const github::Package package = world.find("acme", "app");
    const auto found = world.run(github::get_version(world.api(world.server.api_url()), package, version.id));
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->digest.string() == version.digest);
    const auto gone = world.run(github::get_version(world.api(world.server.api_url()), package, 1));
    REQUIRE(gone);
    CHECK_FALSE(*gone);
}

TEST_CASE("the restore command brings a deleted version back") {
    Packages world;
    world.server.push_image("acme/app", "pr-7-abc", "a", kNow);
    world.server.push_image("acme/app", "latest", "b", kNow);
    const auto version = world.server.api().versions("acme/app").at(1);
    const github::Package package = world.find("acme", "app");
    REQUIRE(world.run(github::delete_version(world.api(world.server.api_url()), package, version.id)));
    const std::string command = github::restore_command(package, version.id);
    CHECK(command == fmt::format("gh api --method POST /orgs/acme/packages/container/app/versions/{}/restore",
                                 version.id));
    const std::string path = command.substr(command.find('/'));
    const auto restored =
        world.run(world.api(world.server.api_url()).send("Cannot restore", http::Method::post, path));
    REQUIRE(restored);
    CHECK(restored->status == 204);
    CHECK(world.server.api().digest_of("acme/app", "pr-7-abc") == version.digest);
}

TEST_CASE("a list with an entry that is no version is not taken for a whole one") {
    const std::string json =
        GENERATE(as<std::string>(), "", "{}", "null", R"([{"id":1}])", R"([{"name":"sha256:x","id":1}])",
                 R"([{"id":0,"name":"sha256:)" + std::string(64, 'a') + R"("}])", R"([7])");
    CAPTURE(json);
    CHECK_FALSE(github::parse_versions(json));
    CHECK(github::parse_versions("[]")->empty());
}

TEST_CASE("what to change is said for the kind of the token") {
    const github::Package package{
        .path = "", .settings = "https://github.com/x/settings", .name = "acme/app"};
    CHECK(github::how_to_allow_deletion(package, "ghs_x").contains("Manage Actions access"));
    CHECK(github::how_to_allow_deletion(package, "ghp_x").contains("delete:packages"));
}
