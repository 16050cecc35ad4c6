#include "commands/verify_push.hpp"

#include "fakes/memory_registry.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace pr_image;
using commands::verify_push;
using fakes::MemoryRegistry;

namespace {

const std::string kType = "application/vnd.oci.image.index.v1+json";

/// Two registries that hold one image each, under two tags.
struct Stage {
    MemoryRegistry one;
    MemoryRegistry two;
    registry::World world;
    Digest digest = Digest::parse(push(one, "a", "{}")).value();

    Stage() {
        for (MemoryRegistry* store : {&one, &two}) {
            for (const std::string tag : {"a", "b"})
                push(*store, tag, "{}");
        }
    }
    static std::string push(MemoryRegistry& store, const std::string& tag, const std::string& bytes) {
        return store.put_manifest("acme/app", tag, kType, bytes);
    }
    static Reference name(const MemoryRegistry& store, const std::string& tag) {
        return Reference::parse(store.host() + "/acme/app:" + tag).value();
    }
    [[nodiscard]] std::vector<Reference> names() const {
        return {name(one, "a"), name(one, "b"), name(two, "a"), name(two, "b")};
    }
    Result<Digest> verify(std::optional<Digest> pushed = {}, const std::vector<Reference>& more = {}) {
        std::vector<Reference> all = names();
        std::ranges::copy(more, std::back_inserter(all));
        return world.run(verify_push(world.client, std::move(all), std::move(pushed)));
    }
};

}  // namespace

TEST_CASE("every tag at every registry is asked for once, and gives the one digest") {
    Stage stage;
    CHECK(stage.verify(stage.digest) == stage.digest);
    CHECK(stage.verify() == stage.digest);
    for (const MemoryRegistry* store : {&stage.one, &stage.two}) {
        std::size_t heads = 0;
        for (const fakes::Seen& seen : store->server().requests())
            heads += static_cast<std::size_t>(seen.method == "HEAD" && seen.target.contains("/manifests/") &&
                                              !seen.header("Authorization").empty());
        CHECK(heads == 4);
    }
}

TEST_CASE("a tag that one registry does not hold is named") {
    Stage stage;
    const Reference missing = Stage::name(stage.two, "c");
    const Result<Digest> digest = stage.verify(stage.digest, {missing});
    REQUIRE_FALSE(digest);
    CHECK(digest.error().what == "Push not found");
    CHECK(digest.error().why.contains(missing.string()));
}

TEST_CASE("a tag that holds something else is named, with both digests") {
    Stage stage;
    const std::string other = Stage::push(stage.two, "b", R"({"manifests":[]})");
    for (const std::optional<Digest>& pushed : {std::optional(stage.digest), std::optional<Digest>()}) {
        const Result<Digest> digest = stage.verify(pushed);
        REQUIRE_FALSE(digest);
        CHECK(digest.error().what == "Tag moved during the push");
        CHECK(digest.error().why.contains(Stage::name(stage.two, "b").string()));
        CHECK(digest.error().why.contains(stage.digest.string()));
        CHECK(digest.error().why.contains(other));
    }
}

TEST_CASE("a registry that cannot be asked is an error in its words") {
    Stage stage;
    const Reference nowhere = Reference::parse("127.0.0.1:1/acme/app:a").value();
    const Result<Digest> digest = stage.verify(stage.digest, {nowhere});
    REQUIRE_FALSE(digest);
    CHECK(digest.error().what.contains("127.0.0.1:1/acme/app:a"));
}
