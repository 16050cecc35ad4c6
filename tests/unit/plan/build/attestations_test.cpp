#include "plan/build/attestations.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

using Strings = std::vector<std::string>;

namespace {

Strings shown(const InputMap& raw, bool private_repository = false, AttestationGrounds grounds = {},
              const InputMap& environment = {}) {
    Event event = push_main();
    event.private_repository = private_repository;
    const Result<Inputs> given = parse_inputs(raw, environment, kPaths);
    if (!given) return {given.error().what};
    return texts(attestations(event, *given, grounds));
}

const std::string kId = "builder-id=https://github.com/Acme/App/actions/runs/555/attempts/1";

}  // namespace

TEST_CASE("attestations are what docker/build-push-action makes of its inputs") {
    const auto [raw, attests] = GENERATE(table<InputMap, Strings>({
        {InputMap{}, {"type=provenance,mode=max," + kId}},
        {{{"provenance", "true"}}, {"type=provenance," + kId}},
        {{{"provenance", "false"}}, {"type=provenance,disabled=true"}},
        {{{"provenance", "mode=max"}}, {"type=provenance,mode=max," + kId}},
        {{{"provenance", "builder-id=foo"}}, {"type=provenance,builder-id=foo"}},
        {{{"provenance", "mode=max"}, {"sbom", "true"}}, {"type=provenance,mode=max," + kId, "type=sbom"}},
        {{{"sbom", "generator=docker/scout"}},
         {"type=provenance,mode=max," + kId, "type=sbom,generator=docker/scout"}},
        {{{"attests", "type=provenance,mode=min"}, {"provenance", "mode=max"}},
         {"type=provenance,mode=max," + kId}},
        {{{"attests", "type=provenance,mode=min"}}, {"type=provenance,mode=min," + kId}},
        {{{"attests", "type=sbom,generator=a/b"}, {"sbom", "false"}},
         {"type=provenance,mode=max," + kId, "type=sbom,disabled=true"}},
        {{{"provenance", "1"}}, {"type=provenance," + kId}},
        {{{"provenance", "f"}}, {"type=provenance,disabled=true"}},
        {{{"provenance", "disabled=0,mode=min"}}, {"type=provenance,mode=min," + kId}},
        {{{"provenance", "false,mode=min"}}, {"type=provenance,disabled=true"}},
        {{{"attests", "Type=SBOM, Disabled=T"}},
         {"type=provenance,mode=max," + kId, "type=sbom,disabled=true"}},
        {{{"attests", "mode=min, type=provenance"}}, {"type=provenance,mode=min," + kId}},
        {{{"attests", "type=provenance"}, {"provenance", "false"}}, {"type=provenance,disabled=true"}},
        {{{"attests", "type=sbom"}}, {"type=provenance,mode=max," + kId, "type=sbom"}},
        {{{"provenance", "\"filename=a,b\""}}, {"type=provenance,\"filename=a,b\"," + kId}},
    }));
    CAPTURE(raw);
    CHECK(shown(raw) == attests);
}

TEST_CASE("provenance that nobody asked for depends on repository, exporter, builder and environment") {
    CHECK(shown({}, true) == Strings{"type=provenance,mode=min,inline-only=true," + kId});
    CHECK(shown({}, false, {.loads = true}).empty());
    CHECK(shown({}, false, {.supported = false}).empty());
    CHECK(shown({}, false, {}, {{"BUILDX_NO_DEFAULT_ATTESTATIONS", "1"}}).empty());
    CHECK(shown({{"provenance", "true"}}, false, {.loads = true, .supported = false}) ==
          Strings{"type=provenance," + kId});
}

TEST_CASE("a quote in an attestation that does not close is refused under its input") {
    CHECK(shown({{"provenance", "\"mode=max"}}) == Strings{"Invalid input 'provenance'"});
    CHECK(shown({{"sbom", "\"x"}}) == Strings{"Invalid input 'sbom'"});
}

TEST_CASE("two runs of one build differ only in the builder's id") {
    const auto rest = [](const std::string& entry) {
        return without_run(parse_attestation(entry).value()).text();
    };
    CHECK(rest("type=provenance,mode=max," + kId) == "type=provenance,mode=max");
    CHECK(rest("type=provenance,builder-id=https://example.org/mine") ==
          "type=provenance,builder-id=https://example.org/mine");
}

TEST_CASE("only a wish for an attestation is one") {
    CHECK_FALSE(wants_attestations(inputs()));
    CHECK_FALSE(wants_attestations(inputs({{"provenance", "false"}, {"sbom", "0"}})));
    CHECK(wants_attestations(inputs({{"provenance", "true"}})));
    CHECK(wants_attestations(inputs({{"sbom", "true"}})));
    CHECK(wants_attestations(inputs({{"attests", "type=sbom"}})));
}
