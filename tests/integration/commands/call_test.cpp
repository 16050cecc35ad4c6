// `call` asks BuildKit's own frontend about the Dockerfile, through the real buildx.

#include "integration/commands/build_world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using commands::BuildWorld;
using commands::Run;

TEST_CASE("call: check shows what it found, at its line, and fails or passes as buildx says") {
    BuildWorld world;
    struct Row {
        std::string dockerfile;
        int status;
        std::vector<std::string> shown;
    };
    const std::vector<Row> rows{
        {"FROM busybox:stable\nCOPY change /\n", 0, {"Check complete, no warnings found."}},
        {"FROM busybox:stable AS Base\nCMD echo x\n",
         1,
         {"StageNameCasing", "JSONArgsRecommended", "Dockerfile:1: warning", "Dockerfile:2: warning",
          "error: Dockerfile check failed"}},
        {"from busybox:stable AS base\nCOPY change /\n", 1, {"FromAsCasing", "Dockerfile:1: warning"}},
        {"FROM scratch\nENV NAME value\n", 1, {"LegacyKeyValueFormat", "Dockerfile:2: warning"}},
        {"# check=skip=LegacyKeyValueFormat\nFROM scratch\nENV NAME value\n", 0, {"no warnings found"}},
        {"FROM busybox:stable\nRAN x\n", 1, {"unknown instruction"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.dockerfile);
        world.write("Dockerfile", row.dockerfile);
        const Run run = world.run({{"call", "check"}});
        INFO(run.log);
        CHECK(run.status == row.status);
        CHECK(run.errors() == static_cast<std::size_t>(row.status));
        for (const std::string& text : row.shown) {
            CAPTURE(text);
            CHECK(run.count(text) > 0);
        }
        CHECK(run.retries() == 0);
    }
}

TEST_CASE("call: outline, targets and formats show their answer") {
    BuildWorld world;
    world.write("Dockerfile",
                "ARG VERSION=1\nFROM busybox:stable AS tools\nFROM tools AS app\nARG FLAVOR=mild\n");
    const std::vector<std::pair<std::string, std::string>> rows{{"outline", "FLAVOR"},
                                                                {"targets", "tools"},
                                                                {"targets,format=json", "\"app\""},
                                                                {"check,format=json", "\"warnings\""}};
    for (const auto& [call, shown] : rows) {
        CAPTURE(call);
        const Run run = world.run({{"call", call}});
        INFO(run.log);
        CHECK(run.status == 0);
        CHECK(run.count(shown) > 0);
    }
}
