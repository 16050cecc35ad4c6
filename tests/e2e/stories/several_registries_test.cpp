#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace pr_image::e2e {
namespace {

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::ranges::sort(values);
    return values;
}

/// A second registry beside the scene's, with a user of its own.
struct SecondRegistry {
    SecondRegistry() { ghcr.add_token("second-registry-password", {.read = true, .write = true}); }
    [[nodiscard]] std::string image() const { return ghcr.host() + "/acme/app"; }
    [[nodiscard]] std::string login(const std::string& password = "second-registry-password") const {
        return fmt::format("registry={},username=second,password={}", ghcr.host(), password);
    }

    fakes::Ghcr ghcr;
    RegistryView registry{
        [this](std::string_view method, const std::string& name, const std::string& rest,
               const support::HttpFields& fields) { return ghcr.ask(method, name, rest, fields); }};
};

constexpr const char* kRules =
    "type=semver,pattern={{version}}\n"
    "type=semver,pattern={{major}}.{{minor}}\n"
    "type=raw,value={{date 'YYYYMMDD-HHmm' tz='Asia/Tokyo'}}\n"
    "type=ref,event=branch\n"
    "type=ref,event=pr\n";

TEST_CASE("a release tag is built once for two platforms and pushed to two registries") {
    Scene scene;
    const SecondRegistry second;
    scene.commits = Checkout(Repository().full_name()).tag(scene.job.workspace(), copy_only_app(), "v1.2.3");
    scene.job.set_event(push_tag(Repository(), "v1.2.3", scene.commits));
    Step step = scene.step({{"images", scene.image() + "\nname=" + second.image()},
                            {"registry-auth", second.login()},
                            {"tags", kRules},
                            {"labels", "com.example.tag={{tag}}"},
                            {"annotations", "index:com.example.branch={{base_ref}}"},
                            {"platforms", "linux/amd64,linux/arm64"}});
    step.env["SOURCE_DATE_EPOCH"] = "1578616200";
    const Result result = scene.job.run(step);
    check_manners(scene, result);
    REQUIRE(result.exit_code == 0);
    const std::vector<std::string> tags{"1.2", "1.2.3", "20200110-0930", "latest"};
    CHECK(sorted(scene.registry.tags("acme/app")) == tags);
    CHECK(sorted(second.registry.tags("acme/app")) == tags);
    for (const std::string& tag : tags) {
        INFO("tag " << tag);
        CHECK(scene.registry.digest("acme/app", tag) == result.output("digest"));
        CHECK(second.registry.digest("acme/app", tag) == result.output("digest"));
    }
    CHECK(sorted(second.registry.platforms("acme/app", "1.2.3")) ==
          std::vector<std::string>{"linux/amd64", "linux/arm64"});
    CHECK(second.registry.labels("acme/app", "1.2.3").at("com.example.tag") == "v1.2.3");
    CHECK(second.registry.labels("acme/app", "1.2.3").at("org.opencontainers.image.created") ==
          "2020-01-10T00:30:00.000Z");
    CHECK(result.output("version") == "1.2.3");
    CHECK(result.output("tag-names") == "1.2.3\n1.2\n20200110-0930\nlatest");
    CHECK(result.output("tags").find(second.image() + ":latest") != std::string::npos);
    CHECK(boost::json::parse(result.output("json")).at("tag-names").at(0) == "1.2.3");
}

TEST_CASE("a program of a platform that the engine cannot run says what to do about it") {
    Scene scene;
    scene.push({{"Dockerfile", "FROM scratch\nCOPY --chmod=755 program /program\nRUN [\"/program\"]\n"},
                {"program",
                 "\x7f"
                 "ELF of another machine\n"}});
    const Result result = run_checked(scene, {{"platforms", "linux/arm64"}});
    CHECK(result.exit_code != 0);
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("emulation") != std::string::npos);
}

TEST_CASE("of two registries the one that refuses is named, before anything is built") {
    Scene scene;
    SecondRegistry second;
    second.ghcr.add_token("read-only", {.read = true, .write = false});
    scene.push(copy_only_app());
    const Result result = run_checked(scene, {{"images", scene.image() + "," + second.image()},
                                              {"registry-auth", second.login("read-only")}});
    CHECK(result.exit_code != 0);
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find(second.ghcr.host()) != std::string::npos);
    CHECK(scene.registry.tags("acme/app").empty());
}

TEST_CASE("two variants of one repository have tags of their own") {
    Scene scene;
    Files files{
        {"Dockerfile", "FROM scratch AS standard\nCOPY app /app\nFROM standard AS dev\nCOPY app /dev-app\n"},
        {"app", "an app\n"}};
    scene.pull_request(files);
    std::vector<std::string> digests;
    for (const std::string variant : {"standard", "dev"}) {
        INFO("variant " << variant);
        const Result result = run_checked(scene, {{"target", variant}, {"variant", variant}});
        REQUIRE(result.exit_code == 0);
        CHECK(result.output("tag") == scene.tag() + "-" + variant);
        CHECK(scene.registry.digest("acme/app", scene.tag() + "-" + variant) == result.output("digest"));
        digests.push_back(result.output("digest"));
    }
    CHECK(digests[0] != digests[1]);
    CHECK(scene.registry.tags("acme/app").size() == 2);
}

TEST_CASE("with metadata: none the image is what the inputs say, and nothing is added") {
    Scene scene;
    scene.push(copy_only_app());
    const Result result = run_checked(scene, {{"metadata", "none"},
                                              {"tags", scene.image() + ":theirs," + scene.image() + ":too"},
                                              {"labels", "com.example.a=b"},
                                              {"provenance", "false"}});
    REQUIRE(result.exit_code == 0);
    CHECK(sorted(scene.registry.tags("acme/app")) == std::vector<std::string>{"theirs", "too"});
    CHECK(scene.registry.labels("acme/app", "theirs") ==
          std::map<std::string, std::string>{{"com.example.a", "b"}});
}

TEST_CASE("an output of the workflow's own is written into the workspace, and nothing is pushed") {
    Scene scene;
    scene.push(copy_only_app());
    const Result result = run_checked(scene, {{"outputs", "type=local,dest=out"}});
    REQUIRE(result.exit_code == 0);
    CHECK(std::filesystem::exists(scene.job.workspace() / "out" / "app"));
    CHECK(scene.registry.tags("acme/app").empty());
    CHECK(result.output("pushed") == "false");
}

}  // namespace
}  // namespace pr_image::e2e
