// The registry module against Debian's docker-registry: the real protocol, with each way to ask who is there.
#include "fakes/ghcr.hpp"
#include "fakes/run_coroutine.hpp"
#include "http/client.hpp"
#include "registry/check_push.hpp"
#include "registry/delete_manifest.hpp"
#include "registry/describe_image.hpp"
#include "registry/get_manifest.hpp"
#include "registry/head_manifest.hpp"
#include "registry/list_tags.hpp"
#include "registry/put_manifest.hpp"
#include "support/docker_registry.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "support/tiny_image.hpp"
#include "text/base64.hpp"
#include "text/sha256.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
namespace asio = boost::asio;
using registry::PushAccess;
using registry::PushCheck;
using support::DockerRegistry;
using support::TinyImage;

namespace {

struct World {
    asio::io_context context;
    registry::Client client;

    explicit World(registry::ClientOptions options = {}, http::ClientOptions transport = {})
        : client(http::Client(context.get_executor(), std::move(transport)), std::move(options)) {}

    template <typename T>
    T run(asio::awaitable<T> coroutine) {
        return fakes::run_coroutine(context, std::move(coroutine));
    }
    PushCheck check_push(const std::string& host) {
        return run(registry::check_push(client, ImageName::parse(host + "/acme/app").value()));
    }
};

registry::ClientOptions credential(const std::string& host, const std::string& user,
                                   const std::string& password) {
    return {.credentials = {{host, {user, password}}}};
}

Reference reference(const std::string& host, const std::string& rest) {
    return Reference::parse(host + "/acme/app" + rest).value();
}

}  // namespace

TEST_CASE("a plain loopback registry takes a push, and keeps nothing of the question") {
    const DockerRegistry server;
    World world;
    CHECK(world.check_push(server.host()).access == PushAccess::accepted);
    CHECK(world.run(registry::list_tags(world.client, ImageName::parse(server.host() + "/acme/app").value()))
              ->empty());
}

TEST_CASE("an image is put, found, described, listed and deleted") {
    const DockerRegistry server;
    const TinyImage image("one");
    image.push(server.port(), "acme/app", "");
    World world;

    const auto put = world.run(registry::put_manifest(world.client, reference(server.host(), ":pr-7-abc"),
                                                      std::string(TinyImage::kManifestType), image.manifest));
    REQUIRE(put);
    CHECK(*put == text::sha256(image.manifest));

    const auto head = world.run(registry::head_manifest(world.client, reference(server.host(), ":pr-7-abc")));
    REQUIRE(head);
    REQUIRE(*head);
    CHECK((*head)->digest == *put);
    CHECK((*head)->size == image.manifest.size());
    CHECK((*head)->media_type == TinyImage::kManifestType);

    const auto pinned =
        world.run(registry::get_manifest(world.client, reference(server.host(), "@" + put->string())));
    REQUIRE(pinned);
    CHECK((*pinned)->bytes == image.manifest);

    const auto described = world.run(registry::describe_image(
        world.client, reference(server.host(), ":pr-7-abc"), registry::Platform{"linux", "amd64"}));
    REQUIRE(described);
    REQUIRE(*described);
    CHECK((*described)->content.labels.at("dev.pr-image.test") == "one");

    const auto tags =
        world.run(registry::list_tags(world.client, ImageName::parse(server.host() + "/acme/app").value()));
    REQUIRE(tags);
    REQUIRE(tags->size() == 1);
    CHECK(tags->front().string() == "pr-7-abc");

    const ImageName name = ImageName::parse(server.host() + "/acme/app").value();
    CHECK(world.run(registry::delete_manifest(world.client, name, *put)) == true);
    CHECK_FALSE(
        world.run(registry::head_manifest(world.client, reference(server.host(), ":pr-7-abc")))->has_value());
    CHECK(world.run(registry::delete_manifest(world.client, name, *put)) == false);
}

TEST_CASE("an index of two platforms is walked to the one that is asked for") {
    const DockerRegistry server;
    const TinyImage amd64("a", "amd64");
    const TinyImage arm64("b", "arm64");
    amd64.push(server.port(), "acme/app", "amd64");
    arm64.push(server.port(), "acme/app", "arm64");
    const auto entry = [](const TinyImage& image, const std::string& architecture) {
        return fmt::format(
            R"({{"mediaType":"{}","digest":"{}","size":{},"platform":{{"os":"linux","architecture":"{}"}}}})",
            TinyImage::kManifestType, text::sha256(image.manifest).string(), image.manifest.size(),
            architecture);
    };
    const std::string type = "application/vnd.oci.image.index.v1+json";
    const std::string index = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{},{}]}})",
                                          type, entry(amd64, "amd64"), entry(arm64, "arm64"));
    World world;
    REQUIRE(world.run(registry::put_manifest(world.client, reference(server.host(), ":t"), type, index)));
    const auto described = world.run(registry::describe_image(world.client, reference(server.host(), ":t"),
                                                              registry::Platform{"linux", "arm64"}));
    REQUIRE(described);
    REQUIRE(*described);
    CHECK((*described)->digest == text::sha256(index));
    CHECK((*described)->manifest == text::sha256(arm64.manifest));
    CHECK((*described)->content.labels.at("dev.pr-image.test") == "b");
}

TEST_CASE("a manifest whose blobs are missing is refused in the registry's words") {
    const DockerRegistry server;
    World world;
    const auto put =
        world.run(registry::put_manifest(world.client, reference(server.host(), ":t"),
                                         std::string(TinyImage::kManifestType), TinyImage("x").manifest));
    REQUIRE_FALSE(put);
    CHECK(put.error().error.why.contains("BLOB_UNKNOWN"));
}

TEST_CASE("htpasswd: the right password may push, a wrong one and none may not") {
    const DockerRegistry server({.auth = {.htpasswd = support::htpasswd_line("octocat", "secret: ä")}});
    World right(credential(server.host(), "octocat", "secret: ä"));
    CHECK(right.check_push(server.host()).access == PushAccess::accepted);
    World wrong(credential(server.host(), "octocat", "other"));
    const PushCheck refused = wrong.check_push(server.host());
    CHECK(refused.access == PushAccess::unauthorized);
    CHECK(refused.why.contains("UNAUTHORIZED"));
    World nobody;
    CHECK(nobody.check_push(server.host()).access == PushAccess::unauthorized);
}

TEST_CASE("htpasswd: what is asked together is answered together, however often it is asked") {
    const DockerRegistry server({.auth = {.htpasswd = support::htpasswd_line("octocat", "secret")}});
    for (int round = 0; round < 30; ++round) {
        CAPTURE(round);
        World world(credential(server.host(), "octocat", "secret"));
        std::optional<PushCheck> push;
        std::vector<bool> answered(3);
        const auto ask = [&](registry::Client client) -> asio::awaitable<void> {
            push =
                co_await registry::check_push(client, ImageName::parse(server.host() + "/acme/app").value());
        };
        const auto look = [&](registry::Client client, std::size_t i) -> asio::awaitable<void> {
            const auto head = co_await registry::head_manifest(client, reference(server.host(), ":t"));
            answered[i] = head.has_value();
        };
        asio::co_spawn(world.context, ask(world.client), asio::detached);
        for (std::size_t i = 0; i < answered.size(); ++i)
            asio::co_spawn(world.context, look(world.client, i), asio::detached);
        world.context.run();
        REQUIRE(push);
        CHECK(push->access == PushAccess::accepted);
        CHECK(answered == std::vector<bool>(3, true));
    }
}

TEST_CASE("TLS: a registry is talked to when its CA is trusted, and not at all when it is not") {
    const fakes::TestCa ca;
    const fakes::Identity identity = ca.issue({"127.0.0.1"});
    const DockerRegistry server({.auth = {.htpasswd = support::htpasswd_line("octocat", "secret")},
                                 .tls_certificate = identity.certificate,
                                 .tls_key = identity.key});
    const support::TemporaryFolder folder;
    support::write_file(folder.path() / "ca.pem", ca.certificate());
    const std::string ca_file = (folder.path() / "ca.pem").string();

    World trusting(credential(server.host(), "octocat", "secret"), {.tls = {.ca_file = ca_file}});
    CHECK(trusting.check_push(server.host()).access == PushAccess::accepted);
    World distrusting(credential(server.host(), "octocat", "secret"));
    const PushCheck check = distrusting.check_push(server.host());
    CHECK(check.access == PushAccess::unreachable);
    CHECK(check.why.contains("certificate"));
}

TEST_CASE("GHCR's rules: each token may do what it may, and says so") {
    fakes::Ghcr ghcr;
    ghcr.add_token("writer", {.read = true, .write = true});
    ghcr.add_token("reader", {.read = true, .write = false});
    World writer(credential(ghcr.host(), "octocat", "writer"));
    CHECK(writer.check_push(ghcr.host()).access == PushAccess::accepted);
    World reader(credential(ghcr.host(), "octocat", "reader"));
    const PushCheck denied = reader.check_push(ghcr.host());
    CHECK(denied.access == PushAccess::denied);
    CHECK(denied.why.contains("write_package"));
    World stranger(credential(ghcr.host(), "octocat", "wrong"));
    CHECK(stranger.check_push(ghcr.host()).access == PushAccess::unauthorized);
    World nobody;
    CHECK(nobody.check_push(ghcr.host()).access == PushAccess::unauthorized);
    CHECK(std::ranges::none_of(ghcr.requests(), [](const auto& request) {
        return request.method == "POST" && request.status == 202 && !request.authenticated;
    }));
}

TEST_CASE("a registry that stopped is unreachable, with the reason") {
    std::string host;
    {
        const DockerRegistry server;
        host = server.host();
    }
    registry::ClientOptions options;
    options.retry.attempts = 1;
    World world(options);
    const PushCheck check = world.check_push(host);
    CHECK(check.access == PushAccess::unreachable);
    CHECK(check.why.contains("refused"));
}
