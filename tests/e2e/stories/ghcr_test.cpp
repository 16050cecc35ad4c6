#include "fakes/ghcr.hpp"

#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/base64.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

namespace pr_image::e2e {
namespace {

/// The docker command with credentials for one registry, or with none.
class Docker {
  public:
    Docker(const std::string& host, const std::string& password) {
        support::write_file(folder_.path() / "config.json",
                            password.empty() ? "{}"
                                             : fmt::format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", host,
                                                           text::base64_encode("mona:" + password)));
    }
    support::ChildResult operator()(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"docker", "--config", folder_.path().string()});
        return support::try_run(arguments);
    }

  private:
    support::TemporaryFolder folder_;
};

TEST_CASE("the stand-in for GHCR answers docker as GHCR does") {
    fakes::Ghcr ghcr;
    ghcr.add_token("writer", {.read = true, .write = true});
    ghcr.add_token("reader", {.read = true, .write = false});
    const std::string name = ghcr.host() + "/acme/app:1";
    const Docker writer(ghcr.host(), "writer");
    const Docker reader(ghcr.host(), "reader");
    const Docker stranger(ghcr.host(), "wrong");
    const Docker anonymous(ghcr.host(), "");
    REQUIRE(anonymous({"tag", "busybox:stable", name}).exit_code == 0);

    const auto refused = reader({"push", name});
    INFO("refused: " << refused.out << refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("permission_denied: write_package") != std::string::npos);
    CHECK(stranger({"push", name}).err.find("denied") != std::string::npos);
    CHECK(ghcr.ask("GET", "acme/app", "/tags/list").status == 404);

    const auto pushed = writer({"push", name});
    INFO(pushed.out << pushed.err);
    REQUIRE(pushed.exit_code == 0);
    CHECK(ghcr.ask("HEAD", "acme/app", "/manifests/1",
                   {{"Accept",
                     "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"}})
              .status == 200);

    CHECK(reader({"pull", name}).exit_code == 0);
    const auto hidden = anonymous({"pull", name});
    INFO("hidden: " << hidden.out << hidden.err);
    CHECK(hidden.exit_code == 1);
    CHECK(hidden.err.find("unauthorized") != std::string::npos);
    ghcr.make_public("acme/app");
    CHECK(anonymous({"pull", name}).exit_code == 0);
    const std::string other = ghcr.host() + "/acme/app:2";
    REQUIRE(anonymous({"tag", name, other}).exit_code == 0);
    CHECK(anonymous({"push", other}).exit_code == 1);
    CHECK(ghcr.passwords_seen() == std::set<std::string>{"reader", "writer", "wrong"});
    anonymous({"image", "rm", "--force", name, other});
}

}  // namespace
}  // namespace pr_image::e2e
