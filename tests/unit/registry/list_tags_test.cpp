#include "registry/list_tags.hpp"

#include "fakes/memory_registry.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace pr_image;
using fakes::HttpServer;
using fakes::MemoryRegistry;
using fakes::Reply;
using fakes::Seen;
using registry::World;

namespace {

ImageName name_at(const std::string& host) {
    return ImageName::parse(host + "/acme/app").value();
}

}  // namespace

TEST_CASE("tags are listed page after page") {
    const HttpServer server([](const Seen& seen) {
        if (seen.target == "/v2/acme/app/tags/list?n=1000") {
            return Reply{.headers = {{"Link", R"(</v2/acme/app/tags/list?last=b&n=1000>; rel="next")"}},
                         .body = R"({"tags":["a","b"]})"};
        }
        return Reply{.body = R"({"tags":["c"]})"};
    });
    World world;
    const auto tags = world.run(registry::list_tags(world.client, name_at(server.authority())));
    REQUIRE(tags);
    REQUIRE(tags->size() == 3);
    CHECK(tags->at(2).string() == "c");
}

TEST_CASE("a repository without tags or that does not exist has none") {
    MemoryRegistry store;
    World world;
    CHECK(world.run(registry::list_tags(world.client, name_at(store.host())))->empty());
    const HttpServer server([](const Seen&) { return Reply{.body = R"({"name":"acme/app","tags":null})"}; });
    CHECK(world.run(registry::list_tags(world.client, name_at(server.authority())))->empty());
}

TEST_CASE("a list that is none is refused: what it does not show would look like untagged") {
    World world;
    for (const std::string body : {R"({"not":"a list"})", "{}", "[]", R"({"tags":{}})", R"({"tags":["a",7]})",
                                   R"({"tags":["a","not a tag"]})", R"({"tags":["a",""]})"}) {
        CAPTURE(body);
        const HttpServer server([&](const Seen&) { return Reply{.body = body}; });
        const auto tags = world.run(registry::list_tags(world.client, name_at(server.authority())));
        REQUIRE_FALSE(tags);
        CHECK(tags.error().error.why.contains("tag"));
    }
}

TEST_CASE("a list that goes on at another origin is not followed there") {
    const HttpServer other([](const Seen&) { return Reply{.body = R"({"tags":["b"]})"}; });
    const std::string form =
        GENERATE("http://{}/v2/acme/app/tags/list?last=a", "//{}/v2/acme/app/tags/list?last=a", "HTTP://{}/",
                 "https://{}/", "http://u@{}/");
    const std::string link = fmt::format(fmt::runtime(form), other.authority());
    CAPTURE(link);
    const HttpServer server([&](const Seen&) {
        return Reply{.headers = {{"Link", "<" + link + R"(>; rel="next")"}}, .body = R"({"tags":["a"]})"};
    });
    World world;
    CHECK_FALSE(world.run(registry::list_tags(world.client, name_at(server.authority()))));
    CHECK(other.connections() == 0);
}

TEST_CASE("a list that another server gives is not taken for the registry's") {
    const int status = GENERATE(200, 404);
    const HttpServer other([&](const Seen&) { return Reply{.status = status, .body = R"({"tags":["a"]})"}; });
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        return Reply{.status = 302, .headers = {{"Location", other.url("/list")}}};
    });
    World world;
    const auto tags = world.run(registry::list_tags(world.client, name_at(server.authority())));
    REQUIRE_FALSE(tags);
    CHECK(tags.error().error.why.contains(other.url("")));
}

TEST_CASE("a list without an end is refused") {
    World world;
    const HttpServer endless([](const Seen&) {
        return Reply{.headers = {{"Link", R"(</v2/acme/app/tags/list?n=1000>; rel="next")"}},
                     .body = R"({"tags":[]})"};
    });
    CHECK_FALSE(world.run(registry::list_tags(world.client, name_at(endless.authority()))));
}
