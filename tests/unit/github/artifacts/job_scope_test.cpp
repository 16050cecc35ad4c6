#include "github/artifacts/job_scope.hpp"

#include "text/base64.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using github::artifacts::JobScope;
using github::artifacts::parse_job_scope;

namespace {

std::string token_with(const std::string& claims) {
    std::string body = text::base64url_encode(claims);
    while (body.ends_with('='))
        body.pop_back();
    return "eyJhbGciOiJSUzI1NiJ9." + body + ".c2ln";
}

}  // namespace

TEST_CASE("a run's token names its run attempt and its job") {
    const std::string run = "ce7f54c7-61c7-4aae-887f-30da475f5f1a";
    const std::string job = "ca395085-040a-526b-2ce8-bdc85f692774";
    CHECK(parse_job_scope(token_with(R"({"scp":"Actions.Results:)" + run + ":" + job + R"("})")).value() ==
          JobScope{run, job});
    CHECK(parse_job_scope(token_with(R"({"scp":"Actions.GenericRead:1 Actions.Results:)" + run + ":" + job +
                                     R"( Actions.UploadArtifacts:1/1:Build"})"))
              .value() == JobScope{run, job});
}

TEST_CASE("a token without the Results scope is an error that tells what to do, and never shows the token") {
    const std::vector<std::string> tokens{
        "",
        "opaque",
        "a.b",
        "a.!!!.c",
        token_with("not json"),
        token_with("{}"),
        token_with(R"({"scp":7})"),
        token_with(R"({"scp":"Actions.ResultsX:a:b"})"),
        token_with(R"({"scp":"Actions.Results"})"),
        token_with(R"({"scp":"Actions.Results:a"})"),
        token_with(R"({"scp":"Actions.Results:a:b:c"})"),
        token_with(R"({"scp":"Actions.Results::b"})"),
        token_with(R"({"scp":"Actions.Results:a/../x:b"})"),
    };
    for (const std::string& token : tokens) {
        CAPTURE(token);
        const auto scope = parse_job_scope(token);
        REQUIRE_FALSE(scope);
        CHECK(scope.error().what == "Artifacts are not available to this step");
        CHECK_FALSE(scope.error().fix.empty());
        if (!token.empty()) CHECK(to_string(scope.error()).find(token) == std::string::npos);
    }
    CHECK_THAT(parse_job_scope(token_with("{}")).error().why,
               Catch::Matchers::ContainsSubstring("no scope 'Actions.Results'"));
}
