#include "plan/names/names.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

template <typename T>
Strings written(const std::vector<T>& values) {
    Strings all;
    for (const T& value : values)
        all.push_back(value.string());
    return all;
}

Result<Names> names(const Event& event, const InputMap& raw = {}) {
    return resolve_names(event, inputs(raw), std::nullopt, facts());
}

}  // namespace

TEST_CASE(
    "the images are those of the inputs, else those that tags and outputs name, else the repository's") {
    const auto [raw, images] = GENERATE(table<InputMap, Strings>({
        {{}, {"ghcr.io/acme/app"}},
        {{{"registry", "registry.example:5000"}}, {"registry.example:5000/acme/app"}},
        {{{"image", "acme/other"}}, {"ghcr.io/acme/other"}},
        {{{"images", "acme/hub\nquay.io/acme/app"}}, {"docker.io/acme/hub", "quay.io/acme/app"}},
        {{{"tags", "quay.io/acme/x:1\nquay.io/acme/x:2\nacme/y:1"}}, {"quay.io/acme/x", "docker.io/acme/y"}},
        {{{"metadata", "none"}, {"tags", "quay.io/acme/x:1"}}, {"quay.io/acme/x"}},
        {{{"outputs", "type=registry,name=quay.io/acme/z"}}, {"quay.io/acme/z"}},
        {{{"outputs", "type=oci,dest=x.tar,name=quay.io/acme/z"}}, {"ghcr.io/acme/app"}},
    }));
    CHECK(written(image_names(push_main(), inputs(raw)).value()) == images);
}

TEST_CASE("each tag is there at each image, the main one first") {
    const Names found = names(push_git_tag("v1.2.3"), {{"images", "ghcr.io/acme/app\nacme/app"}}).value();
    CHECK(written(found.tags) == Strings{"1.2.3", "1.2", "1", "latest"});
    CHECK(written(found.references) == Strings{"ghcr.io/acme/app:1.2.3", "ghcr.io/acme/app:1.2",
                                               "ghcr.io/acme/app:1", "ghcr.io/acme/app:latest",
                                               "docker.io/acme/app:1.2.3", "docker.io/acme/app:1.2",
                                               "docker.io/acme/app:1", "docker.io/acme/app:latest"});
    CHECK(found.spellings == Strings{"ghcr.io/acme/app", "acme/app"});
    CHECK_FALSE(found.ephemeral);
}

TEST_CASE("a whole name in tags is a tag of that image alone") {
    const Names found = names(push_main(), {{"tags", "type=raw,value=a\nacme/app:b"},
                                            {"images", "ghcr.io/acme/app\nacme/app"}})
                            .value();
    CHECK(written(found.references) ==
          Strings{"ghcr.io/acme/app:a", "docker.io/acme/app:a", "docker.io/acme/app:b"});
    const std::string said =
        message(names(push_main(), {{"tags", "quay.io/acme/other:b"}, {"images", "ghcr.io/acme/app"}}));
    CHECK(said.starts_with("Invalid input 'tags'"));
    CHECK(said.contains("quay.io/acme/other is none of this run's images"));
}

TEST_CASE("rules that yield nothing leave a pull request its own tag, and are an error elsewhere") {
    const InputMap raw{{"tags", "type=semver,pattern={{version}}"}};
    const Names found = names(same_repository_pull_request(), raw).value();
    CHECK(written(found.tags) == Strings{"pr-7-" + kHead});
    CHECK(found.ephemeral);
    CHECK(message(names(push_main(), raw)).starts_with("No tag for this ref"));
}

TEST_CASE("under metadata: none the tags are those of the input, also none at all") {
    CHECK(written(names(push_main(), {{"metadata", "none"}, {"tags", "acme/app"}})->references) ==
          Strings{"docker.io/acme/app:latest"});
    CHECK(names(push_main(), {{"metadata", "none"}})->references.empty());
}

TEST_CASE("a pull request's tag outside of its grammar is an error that names the input") {
    const auto [raw, input] = GENERATE(table<InputMap, std::string>({
        {{{"tags", "latest"}}, "tags"},
        {{{"tags", "type=raw,value=pr-8"}}, "tags"},
        {{{"metadata", "none"}, {"tags", "acme/app:v1"}}, "tags"},
        {{{"pr-tag", "build-{number}"}}, "pr-tag"},
    }));
    CHECK(message(names(same_repository_pull_request(), raw)).starts_with("Invalid input '" + input + "'"));
}
