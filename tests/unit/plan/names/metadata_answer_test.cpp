#include "plan/names/metadata_answer.hpp"

#include "plan/names/metadata_context.hpp"
#include "unit/plan/examples.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

Names names(const InputMap& raw = {}) {
    return resolve_names(push_git_tag("v1.2.3"), inputs(raw), std::nullopt, facts()).value();
}

const Labels kLabels{{"org.opencontainers.image.version", "1.2.3"}, {"b", "2"}, {"A", "1"}};

Strings annotations(const InputMap& raw, const InputMap& environment = {}) {
    const Inputs given = inputs(raw, environment);
    const Names found = names();
    return image_annotations(given, kLabels,
                             metadata_context(push_git_tag("v1.2.3"), given, found.subject, facts()))
        .value();
}

}  // namespace

TEST_CASE("the answer has every name as the workflow writes it, and labels by key") {
    const MetadataAnswer answer = metadata_answer(names({{"images", "ghcr.io/acme/app\nacme/app"},
                                                         {"tags", "type=semver,pattern={{version}}"},
                                                         {"flavor", "latest=false"}}),
                                                  kLabels, {"manifest:a=1"});
    CHECK(answer.version == "1.2.3");
    CHECK(answer.tags == Strings{"ghcr.io/acme/app:1.2.3", "acme/app:1.2.3"});
    CHECK(answer.tag_names == Strings{"1.2.3"});
    CHECK(answer.labels == Labels{{"A", "1"}, {"b", "2"}, {"org.opencontainers.image.version", "1.2.3"}});
    CHECK(answer.annotations == Strings{"manifest:a=1"});
}

TEST_CASE("the JSON of an answer is docker/metadata-action's") {
    const MetadataAnswer answer{.version = "1",
                                .tags = {"a:1"},
                                .tag_names = {"1"},
                                .labels = {{"k", "v \"q\""}},
                                .annotations = {"manifest:k=v"}};
    CHECK(
        boost::json::parse(to_json(answer)) ==
        boost::json::parse(
            R"({"tags":["a:1"],"tag-names":["1"],"labels":{"k":"v \"q\""},"annotations":["manifest:k=v"]})"));
}

TEST_CASE("a bare annotation brings the OpenContainers set with it, one with a level of its own does not") {
    CHECK(annotations({}).empty());
    CHECK(annotations({{"annotations", "index:x={{tag}}"}}) == Strings{"index:x=v1.2.3"});
    CHECK(annotations({{"annotations", "x=1"}}) ==
          Strings{"manifest:org.opencontainers.image.version=1.2.3", "manifest:x=1"});
    CHECK(annotations({{"annotations", "x={{tag}}"}}, {{"DOCKER_METADATA_ANNOTATIONS_LEVELS", "index"}}) ==
          Strings{"index:org.opencontainers.image.version=1.2.3", "index:x=v1.2.3"});
    CHECK(annotations({{"metadata", "none"}, {"annotations", "x=1"}}) == Strings{"x=1"});
}
