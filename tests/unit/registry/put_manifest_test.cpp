#include "registry/put_manifest.hpp"

#include "fakes/memory_registry.hpp"
#include "registry/delete_manifest.hpp"
#include "text/sha256.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>

using namespace pr_image;
using fakes::MemoryRegistry;
using registry::FailureKind;
using registry::World;

namespace {

std::map<std::string, MemoryRegistry::Account> account(bool may_write, bool may_delete) {
    return {{"octocat", {.password = "secret", .may_write = may_write, .may_delete = may_delete}}};
}

registry::ClientOptions credential(const MemoryRegistry& store) {
    return {.credentials = {{store.host(), {"octocat", "secret"}}}};
}

}  // namespace

TEST_CASE("a manifest is put under its tag, and deleted by its digest") {
    MemoryRegistry store(account(true, true));
    World world(credential(store));
    const Reference reference = Reference::parse(store.host() + "/acme/app:t").value();
    const auto put = world.run(registry::put_manifest(world.client, reference, "m/t", "{}"));
    REQUIRE(put);
    CHECK(*put == text::sha256("{}"));
    CHECK(store.manifest("acme/app", "t") == "{}");

    const auto deleted = world.run(registry::delete_manifest(world.client, reference.name(), *put));
    REQUIRE(deleted);
    CHECK(*deleted);
    CHECK(store.manifest("acme/app", "t").empty());
    const auto again = world.run(registry::delete_manifest(world.client, reference.name(), *put));
    REQUIRE(again);
    CHECK_FALSE(*again);
}

TEST_CASE("a token that may not write or delete is told so") {
    MemoryRegistry store(account(false, false));
    store.put_manifest("acme/app", "t", "m/t", "{}");
    World world(credential(store));
    const Reference reference = Reference::parse(store.host() + "/acme/app:t").value();
    CHECK(world.run(registry::put_manifest(world.client, reference, "m/t", "{}")).error().kind ==
          FailureKind::denied);
    CHECK(world.run(registry::delete_manifest(world.client, reference.name(), text::sha256("{}")))
              .error()
              .kind == FailureKind::denied);
}

TEST_CASE("a manifest is not put under a digest that it does not have") {
    MemoryRegistry store(account(true, true));
    World world(credential(store));
    const Reference reference =
        Reference::parse(store.host() + "/acme/app@" + text::sha256("other").string()).value();
    CHECK_FALSE(world.run(registry::put_manifest(world.client, reference, "m/t", "{}")));
    CHECK(store.server().requests().empty());
}
