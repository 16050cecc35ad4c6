#include "e2e/manners.hpp"
#include "e2e/scene.hpp"
#include "support/files.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace pr_image::e2e {
namespace {

/// The jobs of one run about pull request 42: some build a platform each, one puts them together.
struct Jobs {
    Jobs() {
        scene.ghcr.api().add_account("acme", "Organization");
        scene.pull_request(copy_only_app());
        Event event = e2e::pull_request({}, scene.commits);
        event.more["GITHUB_API_URL"] = scene.ghcr.api_url();
        scene.job.set_event(std::move(event));
    }

    Result build(const std::string& platform) {
        return run_checked(scene, {{"fan-out", "true"}, {"platforms", platform}, {"provenance", "mode=max"}});
    }
    Result merge(const std::string& platforms = "linux/amd64,linux/arm64", const std::string& parts = "") {
        return run_checked(scene, {{"command", "merge"},
                                   {"platforms", platforms},
                                   {"cleanup-backend", "github"},
                                   {"parts", parts}});
    }
    [[nodiscard]] std::vector<std::string> tags() const {
        std::vector<std::string> names = scene.registry.tags(scene.repository());
        std::ranges::sort(names);
        return names;
    }
    /// The entries of the index under a tag: those of images, or their attestations'.
    [[nodiscard]] std::vector<boost::json::value> entries(const std::string& tag, bool attestations) const {
        const auto response = scene.ghcr.ask("GET", scene.repository(), "/manifests/" + tag,
                                             {{"Accept", "application/vnd.oci.image.index.v1+json"}});
        std::vector<boost::json::value> chosen;
        const boost::json::value index = boost::json::parse(response.body);
        for (const boost::json::value& entry : index.at("manifests").as_array()) {
            const bool unknown = entry.at("platform").at("os").as_string() == "unknown";
            if (unknown == attestations) chosen.push_back(entry);
        }
        return chosen;
    }

    Scene scene;
};

TEST_CASE("two jobs build a platform each, and a third makes one image of them, attestations and all") {
    Jobs jobs;
    const std::string staging = "pr-image-staging-1658821493-linux-";
    std::map<std::string, std::string> built;
    for (const std::string architecture : {"amd64", "arm64"}) {
        const Result part = jobs.build("linux/" + architecture);
        REQUIRE(part.exit_code == 0);
        CHECK(part.output("tag") == staging + architecture);
        built[architecture] =
            std::string(jobs.entries(staging + architecture, false).at(0).at("digest").as_string());
    }
    CHECK(jobs.tags() == std::vector<std::string>{staging + "amd64", staging + "arm64"});

    // A platform that nobody built is named, and nothing is pushed.
    const Result missing = jobs.merge("linux/amd64,linux/s390x");
    CHECK(missing.exit_code != 0);
    const auto errors = missing.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("linux/s390x") != std::string::npos);
    CHECK(jobs.tags().size() == 2);

    const Result merged = jobs.merge();
    REQUIRE(merged.exit_code == 0);
    const std::string tag = jobs.scene.tag();
    CHECK(merged.output("tag") == tag);
    CHECK(merged.output("platforms") == "linux/amd64,linux/arm64");
    CHECK(merged.output("ref") == jobs.scene.image() + "@" + merged.output("digest"));
    CHECK(jobs.scene.registry.digest(jobs.scene.repository(), tag) == merged.output("digest"));
    CHECK(jobs.scene.registry.platforms(jobs.scene.repository(), tag) ==
          std::vector<std::string>{"linux/amd64", "linux/arm64"});
    CHECK(jobs.scene.registry.labels(jobs.scene.repository(), tag).at("dev.pr-image.head-sha") ==
          jobs.scene.commits.head);

    const auto images = jobs.entries(tag, false);
    const auto attestations = jobs.entries(tag, true);
    REQUIRE(images.size() == 2);
    REQUIRE(attestations.size() == 2);
    for (std::size_t i = 0; i < images.size(); ++i) {
        CHECK(images[i].at("digest").as_string() ==
              built.at(std::string(images[i].at("platform").at("architecture").as_string())));
        CHECK(attestations[i].at("annotations").at("vnd.docker.reference.digest") == images[i].at("digest"));
        const std::string digest(attestations[i].at("digest").as_string());
        CHECK(jobs.scene.registry.digest(jobs.scene.repository(), digest) == digest);
    }

    // The staging tags are gone, and the same job again ends the same.
    CHECK(jobs.tags() == std::vector<std::string>{tag});
    CHECK(merged.of(Annotation::Level::kWarning).empty());
    const Result again = jobs.merge();
    REQUIRE(again.exit_code == 0);
    CHECK(again.output("digest") == merged.output("digest"));
    CHECK(jobs.tags() == std::vector<std::string>{tag});
}

TEST_CASE(
    "parts that the jobs hand on as outputs are merged, whatever is pushed under their tags meanwhile") {
    Jobs jobs;
    const std::string staging = "pr-image-staging-1658821493-linux-";
    const Result amd = jobs.build("linux/amd64");
    const Result arm = jobs.build("linux/arm64");
    REQUIRE(amd.exit_code == 0);
    REQUIRE(arm.exit_code == 0);
    CHECK(amd.output("part") == jobs.scene.image() + "@" + amd.output("digest"));
    const auto built = jobs.entries(staging + "amd64", false).at(0).at("digest");

    // Somebody who may push puts another image of this very run under the tag, labels and all.
    support::write_file(jobs.scene.job.workspace() / "app", "another app\n");
    const Result forged = jobs.build("linux/amd64");
    REQUIRE(forged.exit_code == 0);
    REQUIRE(forged.output("part") != amd.output("part"));

    const std::string parts = amd.output("part") + "\n" + arm.output("part") + "\n";
    const Result merged = jobs.merge("linux/amd64,linux/arm64", parts);
    REQUIRE(merged.exit_code == 0);
    CHECK(jobs.entries(jobs.scene.tag(), false).at(0).at("digest") == built);
    CHECK(jobs.entries(jobs.scene.tag(), true).size() == 2);
    const Result again = jobs.merge("linux/amd64,linux/arm64", parts);
    CHECK(again.output("digest") == merged.output("digest"));

    // One of them is missing: blank, as GitHub has the output of a job that did not set it.
    const Result missing = jobs.merge("linux/amd64,linux/arm64", amd.output("part") + "\n\n");
    CHECK(missing.exit_code != 0);
    CHECK(missing.of(Annotation::Level::kError).size() == 1);
}

}  // namespace
}  // namespace pr_image::e2e
