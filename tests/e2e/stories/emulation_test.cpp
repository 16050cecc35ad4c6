#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::e2e {
namespace {

TEST_CASE("the image for emulators is run with what is lacking, and what it does not bring ends the run") {
    Scene scene;
    // It takes the arguments that tonistiigi/binfmt takes, and installs nothing on this machine.
    scene.push(busybox_app("ENTRYPOINT [\"/bin/echo\"]\n"), "binfmt");
    const Result installer = run_checked(scene);
    REQUIRE(installer.exit_code == 0);

    scene.push(copy_only_app());
    const Result lacking = run_checked(scene, {{"qemu", "auto"},
                                               {"qemu-image", installer.output("ref")},
                                               {"platforms", "linux/amd64,linux/mips64"}});
    CHECK(lacking.exit_code != 0);
    const auto errors = lacking.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("still does not run linux/mips64") != std::string::npos);
    CHECK(lacking.displayed.find("Emulation of mips64 installed by " + installer.output("ref")) !=
          std::string::npos);
    CHECK_FALSE(scene.registry.digest(scene.repository(), "latest"));

    const Result enough = run_checked(
        scene, {{"qemu", "auto"}, {"qemu-image", installer.output("ref")}, {"platforms", "linux/amd64"}});
    CHECK(enough.exit_code == 0);
    CHECK(enough.displayed.find("Emulation of") == std::string::npos);
}

}  // namespace
}  // namespace pr_image::e2e
