#include "plan/build/attest_list.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using namespace pr_image::plan;

TEST_CASE("an attestation that BuildKit would refuse or ignore is refused, with what was meant") {
    const auto [entry, fix] = GENERATE(table<std::string, std::string>({
        {"type=other", "type=provenance or type=sbom"},
        {"type=provenence", "type=provenance"},
        {"type=sbmo", "type=sbom"},
        {"type= sbom", "type=sbom"},
        {"type=", "type=provenance or type=sbom"},
        {"mode=max", "type=provenance or type=sbom"},
        {"type=provenance,mode=maxx", "mode=max"},
        {"type=provenance,mode=Max", "mode=max"},
        {"type=provenance,Mode=max", "mode"},
        {"type=provenance,mode =max", "mode"},
        {"type=provenance,moed=max", "mode"},
        {"type=provenance,builder_id=x", "builder-id"},
        {"type=provenance,reproducible=yes", "reproducible=true"},
        {"type=provenance,inline-only=", "inline-only=true"},
        {"type=sbom,Generator=a/b", "generator"},
        {"type=sbom,generator=", "generator="},
        {"type=sbom,generator=a b", "generator="},
        {"type=sbom,disabled=yes", ""},
        {"type=sbom,yes", "true"},
        {"type=sbom,off", "false"},
        {"type=sbom,", "quotes"},
        {"type=sbom,word", "quotes"},
    }));
    CAPTURE(entry);
    const Result<Attestation> refused = parse_attestation(entry);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fix.contains(fix));
}

TEST_CASE("an attestation's type is read in lower case, as BuildKit reads it") {
    CHECK_FALSE(parse_attestation("TYPE = SBOM"));
    CHECK(parse_attestation("TYPE =SBOM")->text() == "type=sbom");
    CHECK(parse_attestation("type=Provenance,mode=min")->text() == "type=provenance,mode=min");
}

TEST_CASE("provenance and sbom are a boolean or attributes") {
    struct Row {
        std::string value;
        std::string text;
        std::string fix;
    };
    const Row row = GENERATE(values<Row>({
        {"true", "type=sbom", ""},
        {"t", "type=sbom", ""},
        {"0", "type=sbom,disabled=true", ""},
        {"generator=a/b:c", "type=sbom,generator=a/b:c", ""},
        {"scan=x,generator=a", "type=sbom,scan=x,generator=a", ""},
        {"yes", "", "Did you mean true?"},
        {"On", "", "Did you mean true?"},
        {"no", "", "Did you mean false?"},
        {"trye", "", ""},
        {"type=sbom", "", "type="},
    }));
    CAPTURE(row.value);
    const Result<Attestation> read = parse_attestation(AttestationType::sbom, row.value);
    REQUIRE(read.has_value() == !row.text.empty());
    if (read) CHECK(read->text() == row.text);
    if (read) CHECK(parse_attestation(read->text()).value() == *read);
    if (!read) CHECK(read.error().fix.contains(row.fix));
}
