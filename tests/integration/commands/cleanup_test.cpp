// Clean-up by the OCI distribution spec alone, on a real docker-registry.

#include "commands/cleanup.hpp"

#include "support/docker_registry.hpp"
#include "support/http_client.hpp"
#include "text/sha256.hpp"
#include "unit/commands/cleanup_world.hpp"

#include <boost/json/array.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace pr_image;
using commands::CleanupWorld;
using commands::Run;

namespace {

constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
constexpr const char* kImage = "application/vnd.oci.image.manifest.v1+json";

/// A repository in a docker-registry, and the pull requests of its project at GitHub.
class Registry {
  public:
    explicit Registry(bool allows_deletion = true) : real_({.allows_deletion = allows_deletion}) {}

    support::HttpResponse ask(std::string_view method, const std::string& rest,
                              const support::HttpFields& fields = {}, std::string_view body = {}) const {
        return support::http_request("127.0.0.1", real_.port(), method, "/v2/acme/app" + rest, fields, body);
    }

    std::string put_blob(const std::string& bytes) const {
        const std::string digest = text::sha256(bytes).string();
        const support::HttpResponse begun = ask("POST", "/blobs/uploads/");
        const std::string location = begun.field("Location");
        const std::string_view separator = location.contains('?') ? "&" : "?";
        const support::HttpResponse put = support::http_request(
            "127.0.0.1", real_.port(), "PUT", fmt::format("{}{}digest={}", location, separator, digest),
            {{"Content-Type", "application/octet-stream"}}, bytes);
        REQUIRE(put.status == 201);
        return digest;
    }

    /// Puts a manifest under a tag, or by its digest where the tag is empty; gives the digest.
    std::string put(const std::string& tag, const char* type, const std::string& bytes) const {
        std::string digest = text::sha256(bytes).string();
        const support::HttpResponse put =
            ask("PUT", "/manifests/" + (tag.empty() ? digest : tag), {{"Content-Type", type}}, bytes);
        INFO(put.body);
        REQUIRE(put.status == 201);
        return digest;
    }

    std::string image(const std::string& tag, const std::string& name, const std::string& branch = {}) const {
        const std::string config = fmt::format(
            R"({{"os":"linux","architecture":"amd64","name":"{}","config":{{"Labels":{{"dev.pr-image.branch":"{}","org.opencontainers.image.created":"2020-01-01T00:00:00Z"}}}}}})",
            name, branch);
        return put(
            tag, kImage,
            fmt::format(
                R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":{}}},"layers":[]}})",
                kImage, put_blob(config), config.size()));
    }

    std::string index(const std::string& tag, const std::vector<std::string>& children,
                      const std::string& name = {}) const {
        boost::json::array list;
        for (const std::string& child : children) {
            const support::HttpResponse head =
                ask("HEAD", "/manifests/" + child, {{"Accept", fmt::format("{}, {}", kIndex, kImage)}});
            list.push_back({{"mediaType", head.field("Content-Type")},
                            {"digest", child},
                            {"size", std::stoul(head.field("Content-Length"))}});
        }
        return put(tag, kIndex,
                   boost::json::serialize(boost::json::object{{"schemaVersion", 2},
                                                              {"mediaType", kIndex},
                                                              {"manifests", list},
                                                              {"annotations", {{"name", name}}}}));
    }

    [[nodiscard]] bool has(const std::string& reference) const {
        return ask("HEAD", "/manifests/" + reference, {{"Accept", fmt::format("{}, {}", kIndex, kImage)}})
                   .status == 200;
    }
    [[nodiscard]] std::vector<std::string> tags() const {
        std::vector<std::string> names;
        const auto body = text::parse_json(ask("GET", "/tags/list").body, "tags").value();
        if (const auto* list = text::find_json(body, "tags")) {
            for (const auto& tag : list->as_array())
                names.emplace_back(tag.as_string());
        }
        std::ranges::sort(names);
        return names;
    }
    Run clean_up(CleanupWorld& world, std::map<std::string, std::string> inputs = {}) const {
        inputs.emplace("image", real_.host() + "/acme/app");
        inputs.emplace("cleanup-backend", "auto");
        return world.run(inputs);
    }

  private:
    support::DockerRegistry real_;
};

}  // namespace

TEST_CASE("a registry that speaks nothing but OCI is cleaned up, shared parts stay") {
    const Registry registry;
    CleanupWorld world;
    const std::string shared = registry.image("", "shared");
    const std::string own = registry.image("", "own");
    const std::string inner_leaf = registry.image("", "inner leaf");
    const std::string inner = registry.index("", {inner_leaf});
    const std::string closed = registry.index("pr-7-abc1234", {shared, own, inner});
    const std::string signature = registry.image(fmt::format("sha256-{}.sig", closed.substr(7)), "signature");
    registry.index("v1.0.0", {shared});
    registry.index("pr-8-abc1234", {shared, inner_leaf}, "open");
    const Run run = registry.clean_up(world);
    INFO(run.log);
    CHECK(run.status == 0);
    for (const std::string& gone : {closed, own, inner, signature})
        CHECK_FALSE(registry.has(gone));
    CHECK(registry.has(shared));
    CHECK(registry.has(inner_leaf));
    CHECK(registry.tags() == std::vector<std::string>{"pr-8-abc1234", "v1.0.0"});
    CHECK(run.outputs.at("deleted") == "4");
    CHECK(registry.clean_up(world).outputs.at("deleted") == "0");
}

TEST_CASE("a tag on an image that stays is explained where the registry cannot delete a tag alone") {
    const Registry registry;
    CleanupWorld world;
    registry.image("pr-7-abc1234", "promoted");
    registry.image("v1.0.0", "promoted");
    const Run run = registry.clean_up(world);
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(registry.has("v1.0.0"));
    CHECK(registry.tags() == std::vector<std::string>{"pr-7-abc1234", "v1.0.0"});
    CHECK(run.outputs.at("untagged") == "0");
    CHECK(run.log.contains("cannot delete a tag without its image"));
}

TEST_CASE("a registry without deletion is left as it is, and the error says what to switch on") {
    const Registry registry(false);
    CleanupWorld world;
    const std::string own = registry.image("", "own");
    registry.index("pr-7-abc1234", {own});
    registry.image("v1.0.0", "release");
    const Run run = registry.clean_up(world);
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.log.contains("REGISTRY_STORAGE_DELETE_ENABLED"));
    CHECK(registry.tags() == std::vector<std::string>{"pr-7-abc1234", "v1.0.0"});
}

TEST_CASE("a branch's age is what its image says, where the registry does not say it") {
    const Registry registry;
    CleanupWorld world;
    world.event("schedule");
    registry.image("feature-x-abc1234", "branch", "feature/x");
    registry.image("somebody-abc1234", "somebody");
    registry.image("v1.0.0", "release");
    const Run run = registry.clean_up(world);
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(registry.tags() == std::vector<std::string>{"somebody-abc1234", "v1.0.0"});
}

TEST_CASE("a repository that does not exist has nothing to clean up") {
    const Registry registry;
    CleanupWorld world;
    const Run run = registry.clean_up(world);
    CHECK(run.status == 0);
    CHECK(run.log.contains("Nothing to clean up"));
}
