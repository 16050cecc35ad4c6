#include "e2e/manners.hpp"
#include "e2e/scene.hpp"
#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::e2e {
namespace {

TEST_CASE("a registry with TLS is pushed to from a job's default bridge, its certificate verified") {
    const Engine engine;
    if (!engine.certificates()) SKIP("an engine that is not this run's own cannot be given a certificate");
    const fakes::TestCa authority;
    Scene scene({.address = engine.host_address(), .tls = authority.issue({engine.host_address()})});
    support::write_file(*engine.certificates() / scene.ghcr.host() / "ca.crt", authority.certificate());
    scene.pull_request(copy_only_app());
    Step step = scene.step();
    step.network.clear();

    SECTION("with a certificate that SSL_CERT_FILE vouches for, the image is pushed") {
        support::write_file(scene.job.temp() / "ca.pem", authority.certificate());
        step.env["SSL_CERT_FILE"] = scene.job.temp() / "ca.pem";
        const Result result = scene.job.run(step);
        check_manners(scene, result);
        REQUIRE(result.exit_code == 0);
        CHECK(result.output("strategy") == "push");
        CHECK(scene.registry.digest(scene.repository(), scene.tag()) == result.output("digest"));
    }
    SECTION("with a certificate that nobody vouches for, no credential is sent") {
        const Result result = scene.job.run(step);
        check_manners(scene, result);
        REQUIRE(result.exit_code == 0);
        CHECK(result.output("strategy") == "fallback");
        const auto warnings = result.of(Annotation::Level::kWarning);
        REQUIRE(warnings.size() == 1);
        CHECK(warnings.front().message.find("certificate") != std::string::npos);
        CHECK(scene.ghcr.passwords_seen().empty());
        CHECK(scene.ghcr.requests().empty());
        CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
    }
}

}  // namespace
}  // namespace pr_image::e2e
