#include "plan/build/emulation.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

const std::string kBinfmt = "tonistiigi/binfmt@sha256:" + std::string(64, 'a');

Plan decided(InputMap raw) {
    raw.emplace("qemu", "auto");
    raw.emplace("qemu-image", kBinfmt);
    raw.emplace("platforms", "linux/amd64,linux/arm64");
    return decide(push_main(), inputs(raw), facts()).value();
}

}  // namespace

TEST_CASE("emulators are for builders of this machine, and for platforms that somebody names") {
    CHECK(decided({}).emulator->string() == "docker.io/" + kBinfmt);
    CHECK(decided({{"driver", "docker-container"}}).emulator);
    CHECK_FALSE(decided({{"platforms", ""}}).emulator);
    CHECK_FALSE(decided({{"qemu", "off"}}).emulator);
    for (const InputMap& elsewhere :
         {InputMap{{"driver", "kubernetes"}}, InputMap{{"driver", "remote"}, {"endpoint", "tcp://a:1"}},
          InputMap{{"driver", "docker-container"}, {"endpoint", "ssh://a"}},
          InputMap{{"nodes", "platform=linux/arm64,endpoint=ssh://a"}}}) {
        const Plan plan = decided(elsewhere);
        CHECK_FALSE(plan.emulator);
        CHECK(plan.remarks.back().starts_with("Input qemu has no use here"));
    }
}

TEST_CASE("the image that installs emulators is pinned by its digest") {
    const auto [image, why] = GENERATE(table<std::string, std::string>({
        {"", "needs an image to run"},
        {"tonistiigi/binfmt", ""},
        {"tonistiigi/binfmt:latest", "'tonistiigi/binfmt:latest' is not pinned by a digest"},
    }));
    const Result<Inputs> given = parse_inputs({{"qemu", "auto"}, {"qemu-image", image}}, {}, kPaths);
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'qemu-image'");
    CHECK(given.error().why.contains(why));
    CHECK(given.error().fix.contains("@sha256:"));
    CHECK(inputs({{"qemu", "auto"}, {"qemu-image", "tonistiigi/binfmt:qemu@" + kBinfmt.substr(18)}})
              .builder.qemu_image);
}

TEST_CASE("what a builder lacks is told by platform, a variant that nobody asks for aside") {
    const Strings runs{"linux/amd64", "linux/amd64/v2", "linux/arm/v7", "linux/arm64"};
    const auto [wanted, lacks] = GENERATE(table<Strings, Strings>({
        {{"linux/amd64"}, {}},
        {{"linux/amd64", "linux/arm64/v8"}, {}},
        {{"linux/arm"}, {}},
        {{"linux/arm/v7"}, {}},
        {{"linux/arm/v6", "linux/arm64", "linux/s390x"}, {"linux/arm/v6", "linux/s390x"}},
        {{"linux/arm6"}, {"linux/arm6"}},
        {{}, {}},
    }));
    CHECK(lacking_platforms(wanted, runs) == lacks);
}

TEST_CASE("an emulator is named by its architecture, once for all variants") {
    CHECK(emulators_of({"linux/arm/v6", "linux/arm/v7", "linux/s390x"}) == Strings{"arm", "s390x"});
    CHECK(emulators_of({}).empty());
}
