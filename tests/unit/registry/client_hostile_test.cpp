#include "fakes/http_server.hpp"
#include "registry/check_push.hpp"
#include "registry/client.hpp"
#include "registry/delete_manifest.hpp"
#include "registry/describe_image.hpp"
#include "registry/get_manifest.hpp"
#include "registry/head_manifest.hpp"
#include "registry/list_tags.hpp"
#include "text/utf8.hpp"
#include "unit/hostile_bodies.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>

/// Registries and token services that answer what they should not.
using namespace pr_image;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using registry::World;

namespace {

const std::string kPassword = "hunter2-hunter2";

void check_words(std::string_view words) {
    CHECK(text::is_utf8(words));
    CHECK(words.size() < 2048);
    CHECK(std::ranges::none_of(words, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    CHECK_FALSE(words.contains(kPassword));
    CHECK_FALSE(words.contains("\xe2\x80\xae"));
}

template <typename T>
void check_answer(const registry::Outcome<T>& outcome) {
    if (outcome) return;
    CHECK_FALSE(outcome.error().error.what.empty());
    CHECK_FALSE(outcome.error().error.why.empty());
    check_words(text::to_string(outcome.error().error));
}

/// Every verb, to a registry at `host`: each ends, and an error can be shown.
void ask_everything(const std::string& host) {
    World world({.credentials = {{host, {"octocat", kPassword}}}});
    const ImageName name = ImageName::parse(host + "/acme/app").value();
    const Reference tag = Reference::parse(host + "/acme/app:t").value();
    const Reference pinned = Reference::parse(host + "/acme/app@sha256:" + std::string(64, 'a')).value();
    for (const Reference& reference : {tag, pinned}) {
        check_answer(world.run(registry::get_manifest(world.client, reference)));
        check_answer(world.run(registry::head_manifest(world.client, reference)));
        const auto image = world.run(registry::describe_image(world.client, reference, std::nullopt));
        check_answer(image);
        // Whatever was said, it is no image: nobody may take it for one.
        CHECK_FALSE((image && *image));
    }
    const auto tags = world.run(registry::list_tags(world.client, name));
    check_answer(tags);
    if (tags) CHECK(tags->empty());
    check_words(world.run(registry::check_push(world.client, name)).why);
}

}  // namespace

TEST_CASE(
    "a registry that answers with anything but its protocol is an error in words, or nothing is there") {
    const int status = GENERATE(200, 401, 403, 404, 500);
    for (const auto& [what, body] : test::hostile_bodies()) {
        INFO(status << " with " << what);
        const HttpServer server([&](const Seen&) {
            return Reply{.status = status,
                         .headers = {{"Content-Type", "application/vnd.oci.image.index.v1+json"}},
                         .body = body};
        });
        ask_everything(server.authority());
    }
}

TEST_CASE("a token service that answers with anything but a token is an error in words") {
    for (const auto& [what, body] : test::hostile_bodies()) {
        INFO(what);
        const HttpServer* self = nullptr;
        const HttpServer server([&](const Seen& seen) {
            if (seen.target.starts_with("/token")) return Reply{.body = body};
            const std::string challenge =
                fmt::format("Bearer realm=\"{}\",service=\"x\"", self->url("/token"));
            return Reply{.status = 401, .headers = {{"WWW-Authenticate", challenge}}};
        });
        self = &server;
        World world({.credentials = {{server.authority(), {"octocat", kPassword}}}});
        const auto tags = world.run(
            registry::list_tags(world.client, ImageName::parse(server.authority() + "/acme/app").value()));
        REQUIRE_FALSE(tags);
        check_answer(tags);
    }
}

TEST_CASE("a challenge that is no challenge is answered by nothing") {
    const std::string challenge =
        GENERATE("", "Bearer", "Bearer realm=", "Bearer realm=\"", "Bearer realm=\"x", "Bearer realm=\"\"",
                 "Bearer realm=\"file:///etc/passwd\"", "Bearer realm=\"javascript:x\"",
                 "Bearer realm=\"//x/\"", "Bearer realm=\"http://user:pass@127.0.0.1/token\"",
                 "Bearer realm=\"http://evil.example/token\"", "Negotiate", "Digest realm=\"x\",nonce=\"y\"",
                 "Bearer error=\"\\", "=,=,=", "Bearer realm=\"a\" realm=\"b\"");
    CAPTURE(challenge);
    const HttpServer server(
        [&](const Seen&) { return Reply{.status = 401, .headers = {{"WWW-Authenticate", challenge}}}; });
    World world({.credentials = {{server.authority(), {"octocat", kPassword}}}});
    const auto tags = world.run(
        registry::list_tags(world.client, ImageName::parse(server.authority() + "/acme/app").value()));
    REQUIRE_FALSE(tags);
    check_answer(tags);
    for (const Seen& seen : server.requests())
        CHECK(seen.header("Authorization").empty());
}

TEST_CASE("a registry that repeats the credential in its refusal does not get it shown by us twice") {
    // What it was sent comes back: masks for it are known before anything is sent.
    std::vector<std::string> masked;
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target.starts_with("/token")) return Reply{.body = R"({"token":"short-lived-token"})"};
        if (seen.header("Authorization").empty()) {
            const std::string challenge = fmt::format("Bearer realm=\"{}\"", self->url("/token"));
            return Reply{.status = 401, .headers = {{"WWW-Authenticate", challenge}}};
        }
        return Reply{
            .status = 403,
            .body = R"({"errors":[{"code":"DENIED","message":")" + seen.header("Authorization") + R"("}]})"};
    });
    self = &server;
    World world({.credentials = {{server.authority(), {"octocat", kPassword}}},
                 .mask = [&](std::string_view secret) { masked.emplace_back(secret); }});
    const auto tags = world.run(
        registry::list_tags(world.client, ImageName::parse(server.authority() + "/acme/app").value()));
    REQUIRE_FALSE(tags);
    CHECK(tags.error().error.why.contains("short-lived-token"));
    CHECK(std::ranges::find(masked, "short-lived-token") != masked.end());
}

TEST_CASE("an index that leads in a circle or down a shaft has an end") {
    // Content has the digest that it is asked for by, so a circle can only be a lie; a shaft can be dug.
    std::size_t served = 0;
    const HttpServer server([&](const Seen& seen) {
        ++served;
        const std::string body =
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":)"
            R"("application/vnd.oci.image.index.v1+json","digest":"sha256:)" +
            std::string(64, 'a') + R"(","size":1,"platform":{"os":"linux","architecture":"amd64"}}]})";
        return Reply{.headers = {{"Content-Type", "application/vnd.oci.image.index.v1+json"}},
                     .body = seen.target.ends_with("/t") ? body : body + " "};
    });
    World world;
    const auto image = world.run(registry::describe_image(
        world.client, Reference::parse(server.authority() + "/acme/app:t").value(), std::nullopt));
    REQUIRE_FALSE(image);
    CHECK(image.error().error.why.contains("digest"));
    CHECK(served <= 4);
}
