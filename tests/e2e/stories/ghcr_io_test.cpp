#include "e2e/manners.hpp"
#include "e2e/scene.hpp"
#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace pr_image::e2e {
namespace {

/// A stage on which the registry's name is ghcr.io, with TLS: the token and the image's name are what a
/// workflow without any input gets. Only the container knows the name, so that nothing can be pushed by the
/// engine.
struct GitHubStage {
    // A loopback address of this run's own: no second run is in the way of its port 443.
    std::string address = fmt::format("127.44.{}.{}", getpid() / 250 % 250 + 1, getpid() % 250 + 1);
    fakes::TestCa authority;
    Scene scene{{.address = address, .port = 443, .name = "ghcr.io", .tls = authority.issue({"ghcr.io"})}};

    Result run() {
        scene.ghcr.add_token(scene.token, {.read = true, .write = false});
        support::write_file(scene.job.temp() / "ca.pem", authority.certificate());
        const Step step{.env = {{"SSL_CERT_FILE", scene.job.temp() / "ca.pem"}},
                        .network = kHostNetwork,
                        .hosts = {{"ghcr.io", address}}};
        Result result = scene.job.run(step);
        check_manners(scene, result);
        return result;
    }
};

TEST_CASE(
    "without any input a read-only token is found out at ghcr.io, and the warning names packages: write") {
    GitHubStage stage;
    stage.scene.pull_request(copy_only_app());
    const Result result = stage.run();
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(result.output("image") == "ghcr.io/acme/app");
    const auto warnings = result.of(Annotation::Level::kWarning);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().message.find("packages: write") != std::string::npos);
    CHECK(warnings.front().message.find("permission_denied: write_package") != std::string::npos);
    CHECK(stage.scene.ghcr.passwords_seen() == std::set<std::string>{stage.scene.token});
    CHECK(stage.scene.engine.has_image("ghcr.io/acme/app:" + stage.scene.tag()));
}

TEST_CASE("Dependabot's read-only token at ghcr.io falls back with a warning that names the permission") {
    GitHubStage stage;
    stage.scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_dependabot());
    const Result result = stage.run();
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    const auto warnings = result.of(Annotation::Level::kWarning);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().message.find("Dependabot") != std::string::npos);
    CHECK(warnings.front().message.find("packages: write") != std::string::npos);
    CHECK(stage.scene.engine.has_image("ghcr.io/acme/app:" + stage.scene.tag()));
}

}  // namespace
}  // namespace pr_image::e2e
