#include "github/branches.hpp"

#include "fakes/package_server.hpp"
#include "unit/github/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using github::World;

TEST_CASE("branches come page by page") {
    World world;
    fakes::PackageServer server;
    server.api().add_token("ghs_good", {});
    std::vector<std::string> names;
    for (int i = 0; i < 101; ++i)
        names.push_back("feature/" + std::to_string(i));
    server.api().set_branches("acme/app", names);
    const auto page = world.run(github::list_branches(world.api(server.api_url()), "acme/app", 2));
    REQUIRE(page);
    CHECK_FALSE(page->pages.next);
    REQUIRE(page->branches.size() == 1);
    CHECK(page->branches[0].name == "feature/100");
    const auto first = world.run(github::list_branches(world.api(server.api_url()), "acme/app", 1));
    REQUIRE(first);
    CHECK(first->pages.last == 2);
    CHECK(first->pages.next == 2);
}

TEST_CASE("a list with an entry without a name is not taken for a whole one") {
    CHECK_FALSE(github::parse_branches(R"([{"name":"a"},{}])"));
    CHECK_FALSE(github::parse_branches("{}"));
    CHECK(github::parse_branches("[]")->empty());
}
