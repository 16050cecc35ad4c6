#include "e2e/buildkit.hpp"
#include "e2e/manners.hpp"
#include "e2e/scene.hpp"
#include "support/files.hpp"
#include "support/tar_writer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace pr_image::e2e {
namespace {

/// A BuildKit that has the base image for one architecture and for no other, so that it can build that one
/// alone.
class Node {
  public:
    Node(Buildkit::Of of, std::string architecture)
        : architecture_(std::move(architecture)), base_("127.0.0.1:9/base:" + architecture_), buildkit_(of) {
        const support::TemporaryFolder folder;
        const auto tar = folder.path() / "base.tar";
        support::write_file(tar, support::TarWriter().file("architecture", architecture_).finish());
        const std::string platform = "--platform=linux/" + architecture_;
        REQUIRE(buildkit_.docker({"import", platform, tar.string(), base_}).exit_code == 0);
    }
    ~Node() { static_cast<void>(buildkit_.docker({"image", "rm", "--force", base_})); }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// A line of input `nodes`.
    [[nodiscard]] std::string line() const {
        return fmt::format("platform=linux/{},endpoint={}\n", architecture_, buildkit_.endpoint());
    }

  private:
    std::string architecture_;
    std::string base_;
    Buildkit buildkit_;
};

TEST_CASE("each platform of an image is built by its own node, and one index has them all") {
    const Node amd64(Buildkit::Of::kEngine, "amd64");
    const Node arm64(Buildkit::Of::kOtherEngine, "arm64");
    Scene scene;
    scene.pull_request(
        {{"Dockerfile", "ARG TARGETARCH\nFROM 127.0.0.1:9/base:${TARGETARCH}\nCOPY app /app\n"},
         {"app", "an app\n"}});
    const Result result = run_checked(
        scene, {{"nodes", amd64.line() + arm64.line()}, {"pr-platforms", "linux/amd64,linux/arm64"}});
    REQUIRE(result.succeeded());
    CHECK(boost::json::parse(result.output("plan")).at("builder").at("driver") == "remote");
    CHECK(result.output("digest") == scene.registry.digest(scene.repository(), scene.tag()));
    CHECK(scene.registry.platforms(scene.repository(), scene.tag()) ==
          std::vector<std::string>{"linux/amd64", "linux/arm64"});
}

}  // namespace
}  // namespace pr_image::e2e
