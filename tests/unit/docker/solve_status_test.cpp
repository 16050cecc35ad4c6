#include "docker/solve_status.hpp"

#include "samples.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;
using docker::parse_solve_status;

TEST_CASE("every line of a real stream is a status, except buildx's own errors") {
    for (const std::string name :
         {"two_stages", "cached", "failed_step", "checks", "failed_push", "interrupted"}) {
        for (const std::string& line : test::sample(name)) {
            CAPTURE(name, line);
            CHECK(parse_solve_status(line).has_value() == line.starts_with("{"));
        }
    }
}

TEST_CASE("a status has its vertexes, parts, logs and warnings") {
    const auto status = parse_solve_status(
        R"({"vertexes":[{"digest":"sha256:a","name":"[1/2] RUN x","started":"2026-11-21T03:54:30.5Z",)"
        R"("completed":"2026-11-21T04:54:31.75+01:00","cached":true,"error":"e"}],)"
        R"("statuses":[{"id":"exporting","vertex":"sha256:a","current":3,"total":9,"started":"2026-11-21T03:54:30Z"}],)"
        R"("logs":[{"vertex":"sha256:a","stream":2,"data":"aGkK"}],)"
        R"("warnings":[{"short":"aGk=","detail":["YQ==","Yg=="],"url":"u","sourceInfo":{"filename":"Dockerfile"},)"
        R"("range":[{"start":{"line":3},"end":{"line":4}}]}]})");
    REQUIRE(status);
    REQUIRE(status->vertexes.size() == 1);
    const docker::Vertex& vertex = status->vertexes.front();
    CHECK(vertex.digest == "sha256:a");
    CHECK(vertex.name == "[1/2] RUN x");
    CHECK(vertex.completed.value() - vertex.started.value() == std::chrono::milliseconds(1250));
    CHECK(vertex.cached);
    CHECK(vertex.error == "e");
    REQUIRE(status->statuses.size() == 1);
    CHECK(status->statuses.front().current == 3);
    CHECK(status->statuses.front().total == 9);
    CHECK_FALSE(status->statuses.front().completed);
    REQUIRE(status->logs.size() == 1);
    CHECK(status->logs.front().stream == 2);
    CHECK(status->logs.front().data == "hi\n");
    REQUIRE(status->warnings.size() == 1);
    CHECK(status->warnings.front().message == "hi");
    CHECK(status->warnings.front().detail == "a b");
    CHECK(status->warnings.front().file == "Dockerfile");
    CHECK(status->warnings.front().line == 3);
    CHECK(status->warnings.front().end_line == 4);
}

TEST_CASE("a status of the wrong shape is read as far as it goes") {
    CHECK_FALSE(parse_solve_status("ERROR: failed to build"));
    CHECK_FALSE(parse_solve_status(""));
    CHECK_FALSE(parse_solve_status("{"));
    CHECK_FALSE(parse_solve_status("[]"));
    CHECK_FALSE(parse_solve_status(std::string(100000, '[')));
    const auto odd = parse_solve_status(
        R"({"vertexes":[1,null,{"digest":7,"started":"yesterday","completed":"9999-01-01T00:00:00Z"}],"statuses":{},)"
        R"("logs":[{"data":"%%%"}],"warnings":[{"range":[{"start":{"line":99999999999}}]},{"range":[]}]})");
    REQUIRE(odd);
    REQUIRE(odd->vertexes.size() == 1);
    CHECK_FALSE(odd->vertexes.front().started);
    CHECK_FALSE(odd->vertexes.front().completed);
    CHECK(odd->logs.front().data.empty());
    CHECK(odd->warnings.front().line == 0);
}
