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

/// A BuildKit that has a base image for one platform and for no other, so that it can build for that one
/// alone.
class Node {
  public:
    Node(Buildkit::Of of, std::string platform) : buildkit_(of), platform_(std::move(platform)) {
        const support::TemporaryFolder folder;
        const auto tar = folder.path() / "base.tar";
        support::write_file(tar, support::TarWriter().file("platform", platform_).finish());
        REQUIRE(buildkit_.docker({"import", "--platform", platform_, tar.string(), kBase}).exit_code == 0);
    }
    ~Node() { static_cast<void>(buildkit_.docker({"image", "rm", "--force", kBase})); }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// A line of input `nodes`.
    [[nodiscard]] std::string line() const {
        return fmt::format("platform={},endpoint={}\n", platform_, buildkit_.endpoint());
    }

    static constexpr const char* kBase = "127.0.0.1:9/base:1";

  private:
    Buildkit buildkit_;
    std::string platform_;
};

TEST_CASE("each platform of an image is built by its own node, and one index has them all") {
    const Node amd64(Buildkit::Of::kEngine, "linux/amd64");
    const Node arm64(Buildkit::Of::kOtherEngine, "linux/arm64");
    Scene scene;
    scene.pull_request(
        {{"Dockerfile", fmt::format("FROM {}\nCOPY app /app\n", Node::kBase)}, {"app", "an app\n"}});
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
