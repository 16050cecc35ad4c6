#include "faults/matrix.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

using namespace pr_image::faults;

TEST_CASE("every phase of every command meets every fault, once and for good") {
    std::size_t count = 0;
    for (const Scenario& scenario : scenarios())
        count += cells(scenario);
    fmt::print("{} injected faults in the matrix\n", count);
    REQUIRE(count > 300);
}

TEST_CASE("a build ends in success or one error, whatever any of its requests meets") {
    play(build_scenario());
}

TEST_CASE("an upload ends in success or one error, whatever any of its requests meets") {
    play(upload_scenario());
}

TEST_CASE("a pull from the registry ends in success or one error, whatever any of its requests meets") {
    play(pull_scenario());
}

TEST_CASE("a pull from an artifact ends in success or one error, whatever any of its requests meets") {
    play(artifact_scenario());
}

TEST_CASE("nobody trusts a pull request for which GitHub's API does not speak") {
    play(pull_request_scenario());
}

TEST_CASE("a merge ends in success or one error, whatever any of its requests meets") {
    play(merge_scenario());
}

TEST_CASE("a name service that is away for ten seconds costs a moment, not the job") {
    for (const Scenario& scenario : scenarios())
        play_without_names(scenario);
}

TEST_CASE("a clean-up takes nothing from what is kept, whatever any of its requests meets") {
    play(github_cleanup_scenario());
}

TEST_CASE("a clean-up by OCI alone takes nothing from what is kept, whatever any of its requests meets") {
    play(oci_cleanup_scenario());
}
