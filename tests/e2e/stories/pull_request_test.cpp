#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <set>

namespace pr_image::e2e {
namespace {

std::set<std::string> puts(const Scene& scene) {
    std::set<std::string> targets;
    for (const auto& request : scene.ghcr.writes()) {
        if (request.method == "PUT") targets.insert(request.target);
    }
    return targets;
}

TEST_CASE("a pull request of the repository itself is built once, pushed, and described by every output") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);

    const auto digest = scene.registry.digest(scene.repository(), scene.tag());
    REQUIRE(digest);
    CHECK(result.output("strategy") == "push");
    CHECK_FALSE(result.output("reason").empty());
    CHECK(result.output("pushed") == "true");
    CHECK(result.output("available") == "true");
    CHECK(result.output("reused") == "false");
    CHECK(result.output("image") == scene.image());
    CHECK(result.output("tag") == scene.tag());
    CHECK(result.output("tags") == scene.image() + ":" + scene.tag());
    CHECK(result.output("digest") == *digest);
    CHECK(result.output("ref") == scene.image() + "@" + *digest);
    CHECK(result.output("imageid") == scene.engine.image_id(scene.image() + ":" + scene.tag()));
    CHECK(result.output("platforms") == "linux/amd64");
    const auto metadata = boost::json::parse(result.output("metadata"));
    CHECK(metadata.at("containerimage.digest").as_string() == *digest);
    const auto plan = boost::json::parse(result.output("plan"));
    CHECK(plan.at("strategy").as_string() == "push");
    CHECK(plan.at("event").at("number").as_int64() == 42);
    const std::set<std::string> of_others = {"deleted", "untagged", "kept",   "failed",
                                             "report",  "source",   "seconds"};
    for (const auto& declared : scene.job.action().outputs) {
        if (of_others.contains(declared)) continue;
        INFO("output " << declared);
        CHECK(result.outputs.contains(declared));
    }
    CHECK(scene.registry.tags(scene.repository()) == std::vector{scene.tag()});
    CHECK(result.of(Annotation::Level::kError).empty());
    CHECK(result.of(Annotation::Level::kWarning).empty());
    CHECK(result.summary.find(*digest) != std::string::npos);
}

TEST_CASE("the labels of a pull request's image say where it comes from") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result result =
        run_checked(scene, {{"labels", "team=pictures\norg.opencontainers.image.title=My app"}});
    REQUIRE(result.exit_code == 0);
    const auto labels = scene.registry.labels(scene.repository(), scene.tag());
    CHECK(labels.at("org.opencontainers.image.revision") == scene.commits.merge);
    CHECK(labels.at("org.opencontainers.image.source") == "https://github.com/Acme/App");
    CHECK(labels.at("org.opencontainers.image.title") == "My app");
    CHECK(labels.at("org.opencontainers.image.version") == scene.tag());
    CHECK(labels.at("dev.pr-image.number") == "42");
    CHECK(labels.at("dev.pr-image.head-sha") == scene.commits.head);
    CHECK(labels.at("dev.pr-image.run-id") == "1658821493");
    CHECK(labels.at("dev.pr-image.plan").size() == 64);
    CHECK(labels.at("team") == "pictures");
    for (const auto& [key, value] : labels) {
        INFO("label " << key);
        CHECK(result.output("labels").find(key + "=" + value) != std::string::npos);
    }
}

TEST_CASE("a second run for the same commit finds the image and builds nothing") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result first = run_checked(scene);
    REQUIRE(first.exit_code == 0);
    const auto written = puts(scene);
    REQUIRE_FALSE(written.empty());
    scene.engine.remove_image(scene.image() + ":" + scene.tag());

    const Result second = run_checked(scene);
    REQUIRE(second.exit_code == 0);
    CHECK(second.output("reused") == "true");
    CHECK(second.output("pushed") == "true");
    CHECK(second.output("digest") == first.output("digest"));
    CHECK(second.output("ref") == first.output("ref"));
    CHECK(second.output("imageid") == first.output("imageid"));
    CHECK(puts(scene) == written);
    CHECK_FALSE(scene.engine.has_image(scene.image() + ":" + scene.tag()));

    const Result third = run_checked(scene, {{"reuse", "false"}});
    REQUIRE(third.exit_code == 0);
    CHECK(third.output("reused") == "false");
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
}

TEST_CASE("when the base branch has moved on, the same head's tag moves and both digests are logged") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result first = run_checked(scene);
    REQUIRE(first.exit_code == 0);
    const std::string head = scene.commits.head;

    Files moved = copy_only_app();
    moved["app"] = "an app, changed on main\n";
    scene.pull_request(moved);
    // Here the change got a new parent and so a new name; at GitHub only the merge is new.
    scene.commits.head = head;
    scene.job.set_event(pull_request({}, scene.commits));
    const Result second = run_checked(scene);
    REQUIRE(second.exit_code == 0);
    CHECK(second.output("reused") == "false");
    CHECK(second.output("tag") == first.output("tag"));
    CHECK(second.output("digest") != first.output("digest"));
    CHECK(second.displayed.find(first.output("digest")) != std::string::npos);
    CHECK(second.displayed.find(second.output("digest")) != std::string::npos);
    CHECK(scene.registry.digest(scene.repository(), scene.tag()) == second.output("digest"));
}

TEST_CASE("an image name in upper case is pushed in lower case, under a variant's tag if there is one") {
    Scene scene;
    scene.pull_request(copy_only_app());
    const Result result =
        run_checked(scene, {{"image", scene.ghcr.host() + "/Acme/App"}, {"variant", "dev"}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("image") == scene.image());
    CHECK(result.output("tag") == scene.tag() + "-dev");
    CHECK(scene.registry.digest(scene.repository(), scene.tag() + "-dev") == result.output("digest"));
}

TEST_CASE("the image is what target, file, build arguments and build contexts make of the checkout") {
    Scene scene;
    scene.pull_request({{"docker/App.Dockerfile",
                         "FROM busybox:stable AS tools\n"
                         "ARG WHO=nobody\n"
                         "RUN echo \"$WHO\" > /who\n"
                         "FROM scratch AS app\n"
                         "COPY --from=tools /who /who\n"
                         "COPY --from=more file /more\n"
                         "COPY change /change\n"
                         "FROM busybox:stable AS never\n"
                         "RUN false\n"},
                        {"other/file", "more\n"},
                        {"change", "0\n"}},
                       {{"change", "1\n"}});
    const Result result = run_checked(scene, {{"file", "docker/App.Dockerfile"},
                                              {"target", "app"},
                                              {"build-args", "WHO=mona lisa"},
                                              {"build-contexts", "more=other"}});
    REQUIRE(result.exit_code == 0);
    const std::string name = scene.image() + ":" + scene.tag();
    CHECK(scene.engine.read_file(name, "/who") == "mona lisa\n");
    CHECK(scene.engine.read_file(name, "/more") == "more\n");
    CHECK(scene.engine.read_file(name, "/change") == "1\n");
}

TEST_CASE("secrets reach the step that asks for them, but neither the log nor the plan") {
    Scene scene;
    Files files = busybox_app(
        "RUN --mount=type=secret,id=from-value,required=true --mount=type=secret,id=from-env,required=true "
        "--mount=type=secret,id=from-file,required=true "
        "cat /run/secrets/from-value /run/secrets/from-env && cat /run/secrets/* | sha256sum > /sum\n");
    files["secret.txt"] = "file-secret-33333333";
    scene.pull_request(files);
    Step step = scene.step({{"secrets", "from-value=value-secret-11111111"},
                            {"secret-envs", "from-env=MY_SECRET"},
                            {"secret-files", "from-file=secret.txt"}});
    step.env["MY_SECRET"] = "env-secret-22222222";
    const Result result = scene.job.run(step);
    check_manners(scene, result);
    REQUIRE(result.exit_code == 0);
    // sha256 of env-secret-22222222file-secret-33333333value-secret-11111111
    CHECK(scene.engine.read_file(scene.image() + ":" + scene.tag(), "/sum") ==
          "f81974d013faaa5606694ca8bb617ce48401d79e8fbedf79feb3ad9dcdd6d884  -\n");
    for (const auto* secret : {"value-secret-11111111", "env-secret-22222222"}) {
        INFO("secret " << secret);
        CHECK(result.displayed.find(secret) == std::string::npos);
        CHECK(result.output("plan").find(secret) == std::string::npos);
    }
}

TEST_CASE("the action runs with a root file system that cannot be written") {
    Scene scene;
    scene.pull_request(copy_only_app());
    Step step = scene.step();
    step.read_only = true;
    const Result result = scene.job.run(step);
    check_manners(scene, result);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("pushed") == "true");
}

TEST_CASE("a run leaves no credential behind for the steps after it") {
    Scene scene;
    scene.pull_request(copy_only_app());
    REQUIRE(run_checked(scene).exit_code == 0);
    for (const auto& [path, content] : scene.files_left()) {
        INFO(path);
        CHECK_FALSE(scene.holds_secret(content));
    }
}

}  // namespace
}  // namespace pr_image::e2e
