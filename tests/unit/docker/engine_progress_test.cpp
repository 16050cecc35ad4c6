#include "docker/engine_progress.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace pr_image;
using docker::EngineProgress;
using docker::EngineProgressReader;

TEST_CASE("a progress message tells the layer, the step and how far it is") {
    const std::optional<EngineProgress> progress = docker::parse_engine_progress(
        R"({"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"abc"})");
    REQUIRE(progress);
    CHECK(progress->id == "abc");
    CHECK(progress->status == "Downloading");
    CHECK(progress->current == 5);
    CHECK(progress->total == 10);
    CHECK(progress->error.empty());
}

TEST_CASE("an error is found in either of its places") {
    CHECK(docker::parse_engine_progress(R"({"errorDetail":{"code":1,"message":"denied"},"error":"x"})")
              ->error == "denied");
    CHECK(docker::parse_engine_progress(R"({"error":"denied"})")->error == "denied");
}

TEST_CASE("what is no message is passed over") {
    const std::string line = GENERATE("", " ", "{", "[]", "7", "null", "\xff");
    CHECK(docker::parse_engine_progress(line) == std::nullopt);
}

TEST_CASE("a stream is read whatever its pieces, and its error is known at its end") {
    const std::string stream =
        "{\"status\":\"Pulling\"}\r\n{\"stream\":\"Loaded image: a:1\\n\"}\r\n{\"error\":\"no space\"}";
    const std::size_t size = GENERATE(1U, 2U, 7U, 1000U);
    std::vector<std::string> seen;
    EngineProgressReader reader([&](const EngineProgress& progress) {
        seen.push_back(progress.status + progress.text + progress.error);
    });
    for (std::size_t at = 0; at < stream.size(); at += size)
        reader.feed(std::string_view(stream).substr(at, size));
    CHECK(reader.finish() == "no space");
    CHECK(seen == std::vector<std::string>{"Pulling", "Loaded image: a:1\n", "no space"});
}

TEST_CASE("a line without end is not kept, and what follows it is read") {
    EngineProgressReader reader({});
    for (int i = 0; i < 100; ++i)
        reader.feed(std::string(10'000, '{'));
    reader.feed("\n{\"error\":\"after\"}\n");
    CHECK(reader.finish() == "after");
}
