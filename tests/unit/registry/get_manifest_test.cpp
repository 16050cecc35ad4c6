#include "registry/get_manifest.hpp"

#include "fakes/memory_registry.hpp"
#include "registry/head_manifest.hpp"
#include "text/sha256.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using fakes::HttpServer;
using fakes::MemoryRegistry;
using fakes::Reply;
using fakes::Seen;
using registry::Descriptor;
using registry::FailureKind;
using registry::World;

namespace {

const std::string kType = "application/vnd.oci.image.manifest.v1+json";

Reference by_tag(const std::string& host) {
    return Reference::parse(host + "/acme/app:t").value();
}

Reference by_digest(const std::string& host, const std::string& digest) {
    return Reference::parse(host + "/acme/app@" + digest).value();
}

// A registry that answers everything but the ping with this.
HttpServer answering(const Reply& reply) {
    return HttpServer([reply](const Seen& seen) { return seen.target == "/v2/" ? Reply{} : reply; });
}

}  // namespace

TEST_CASE("a manifest is given with its digest, by tag and by digest") {
    MemoryRegistry store;
    const std::string digest = store.put_manifest("acme/app", "t", kType, "{}");
    World world;
    for (const Reference& reference : {by_tag(store.host()), by_digest(store.host(), digest)}) {
        const auto manifest = world.run(registry::get_manifest(world.client, reference));
        REQUIRE(manifest);
        REQUIRE(*manifest);
        CHECK((*manifest)->media_type == kType);
        CHECK((*manifest)->digest.string() == digest);
        CHECK((*manifest)->bytes == "{}");
    }
    CHECK(store.server().requests().back().header("Accept").contains(
        "application/vnd.oci.image.index.v1+json"));
}

TEST_CASE("a manifest that is not there is no error") {
    MemoryRegistry store;
    World world;
    const auto manifest = world.run(registry::get_manifest(world.client, by_tag(store.host())));
    REQUIRE(manifest);
    CHECK_FALSE(*manifest);
}

TEST_CASE("content that has another digest than was asked for or announced is refused") {
    const std::string other = text::sha256("other").string();
    World world;
    const HttpServer silent = answering({.headers = {{"Content-Type", kType}}, .body = "{}"});
    CHECK(
        world.run(registry::get_manifest(world.client, by_digest(silent.authority(), other))).error().kind ==
        FailureKind::unexpected);
    const HttpServer lying = answering({.headers = {{"Docker-Content-Digest", other}}, .body = "{}"});
    CHECK(world.run(registry::get_manifest(world.client, by_tag(lying.authority()))).error().kind ==
          FailureKind::unexpected);
}

TEST_CASE("a manifest beyond 4 MiB is refused") {
    const HttpServer server = answering({.body = std::string(registry::kLargestManifest + 1, ' ')});
    World world;
    CHECK_FALSE(world.run(registry::get_manifest(world.client, by_tag(server.authority()))));
}

TEST_CASE("a manifest says itself what it is where the registry does not") {
    const std::string body = R"({"mediaType":")" + kType + R"("})";
    const std::string header = GENERATE("text/plain; charset=utf-8", "application/json");
    const HttpServer server = answering({.headers = {{"Content-Type", header}}, .body = body});
    World world;
    const auto manifest = world.run(registry::get_manifest(world.client, by_tag(server.authority())));
    CHECK((*manifest)->media_type == kType);
}

TEST_CASE("HEAD gives the descriptor of what is there") {
    MemoryRegistry store;
    const std::string digest = store.put_manifest("acme/app", "t", kType, R"({"a":1})");
    World world;
    const auto head = world.run(registry::head_manifest(world.client, by_tag(store.host())));
    REQUIRE(head);
    CHECK(**head == Descriptor{.media_type = kType, .digest = Digest::parse(digest).value(), .size = 7});
    CHECK(store.server().requests().back().method == "HEAD");
    const auto missing = world.run(
        registry::head_manifest(world.client, Reference::parse(store.host() + "/acme/app:x").value()));
    REQUIRE(missing);
    CHECK_FALSE(*missing);
}

TEST_CASE("a registry that says no digest to HEAD is asked for the manifest") {
    const int head_status = GENERATE(200, 405);
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        return seen.method == "HEAD" ? Reply{.status = head_status}
                                     : Reply{.headers = {{"Content-Type", kType}}, .body = "{}"};
    });
    World world;
    const auto head = world.run(registry::head_manifest(world.client, by_tag(server.authority())));
    REQUIRE(head);
    CHECK(**head == Descriptor{.media_type = kType, .digest = text::sha256("{}"), .size = 2});
}

TEST_CASE("HEAD by digest does not believe another digest") {
    const HttpServer server = answering(
        {.headers = {{"Docker-Content-Digest", text::sha256("x").string()}, {"Content-Type", kType}}});
    World world;
    const Reference reference = by_digest(server.authority(), text::sha256("y").string());
    CHECK(world.run(registry::head_manifest(world.client, reference)).error().kind ==
          FailureKind::unexpected);
}

TEST_CASE("a blob is given when it is what its descriptor says") {
    MemoryRegistry store;
    const std::string digest = store.put_blob("config");
    World world;
    const Descriptor blob{.media_type = "m", .digest = Digest::parse(digest).value(), .size = 6};
    const ImageName name = by_tag(store.host()).name();
    CHECK(world.run(registry::get_blob(world.client, name, blob, 100)) == "config");
    CHECK_FALSE(world.run(registry::get_blob(world.client, name, blob, 5)));
    Descriptor wrong_size = blob;
    wrong_size.size = 7;
    CHECK_FALSE(world.run(registry::get_blob(world.client, name, wrong_size, 100)));
}

TEST_CASE("a blob that was changed on its way is refused") {
    const HttpServer server = answering({.body = "cOnfig"});
    World world;
    const Descriptor blob{.media_type = "m", .digest = text::sha256("config"), .size = 6};
    const auto bytes =
        world.run(registry::get_blob(world.client, by_tag(server.authority()).name(), blob, 100));
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().kind == FailureKind::unexpected);
}

TEST_CASE("a blob behind a redirect is fetched there without the credential") {
    const HttpServer storage([](const Seen&) { return Reply{.body = "config"}; });
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.header("Authorization").empty()) {
            return Reply{.status = 401, .headers = {{"WWW-Authenticate", R"(Basic realm="r")"}}};
        }
        return Reply{.status = 307, .headers = {{"Location", storage.url("/blob?sig=x")}}};
    });
    World world(registry::ClientOptions{.credentials = {{server.authority(), {"octocat", "secret"}}}});
    const Descriptor blob{.media_type = "m", .digest = text::sha256("config"), .size = 6};
    const ImageName name = by_tag(server.authority()).name();
    CHECK(world.run(registry::get_blob(world.client, name, blob, 100)) == "config");
    CHECK(storage.requests().at(0).header("Authorization").empty());
}
