#include "docker/progress_log.hpp"

#include "samples.hpp"
#include "text/base64.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using docker::FailureKind;
using test::sample;
using test::Shown;

namespace {

void play(Shown& shown, const std::string& name) {
    for (const std::string& line : sample(name))
        shown.add(line);
    shown.log.finish();
}

std::string started(const std::string& step, int second = 0) {
    return fmt::format(R"({{"vertexes":[{{"digest":"{0}","name":"[1/1] RUN {0}",)"
                       R"("started":"2026-01-01T00:00:{1:02}Z"}}]}})",
                       step, second);
}

std::string ended(const std::string& step, int second, const std::string& more = {}) {
    return fmt::format(
        R"({{"vertexes":[{{"digest":"{0}","name":"[1/1] RUN {0}","started":"2026-01-01T00:00:00Z",)"
        R"("completed":"2026-01-01T00:00:{1:02}Z"{2}}}]}})",
        step, second, more);
}

std::string printed(const std::string& step, const std::string& bytes, int stream = 1) {
    return fmt::format(
        R"({{"logs":[{{"vertex":"{}","stream":{},"data":"{}","timestamp":"2026-01-01T00:00:01.5Z"}}]}})",
        step, stream, text::base64_encode(bytes));
}

}  // namespace

TEST_CASE("a build of two stages reads as a log") {
    Shown shown;
    play(shown, "two_stages");
    CHECK(shown.joined() ==
          "#1 [internal] load build definition from Dockerfile\n"
          "#1 DONE 0.1s\n"
          "#2 [internal] load metadata for docker.io/library/busybox:stable\n"
          "#2 DONE 0.0s\n"
          "#3 [internal] load .dockerignore\n"
          "#3 DONE 0.0s\n"
          "#4 [internal] load build context\n"
          "#5 [base 1/2] FROM "
          "docker.io/library/"
          "busybox:stable@sha256:0c96d407bfb0dff2659878d01df686d43111f330b35706b5606b8af2dffd9edc\n"
          "#5 DONE 0.0s\n"
          "#4 DONE 0.1s [internal] load build context\n"
          "#6 [base 2/2] RUN echo hello && echo warn >&2 && printf '\\033[31mred\\033[0m grün\\rprogress "
          "1\\rprogress 2\\n'\n"
          "#6 0.47 warn\n"
          "#6 0.47 hello\n"
          "#6 0.47 progress 2\n"
          "#6 DONE 0.5s\n"
          "#7 [test 1/2] COPY hello.txt /\n"
          "#7 DONE 0.0s\n"
          "#8 [test 2/2] RUN cat /hello.txt\n"
          "#8 0.21 hi\n"
          "#8 DONE 0.3s\n"
          "#9 [stage-2 1/1] COPY --from=test /hello.txt /\n"
          "#9 DONE 0.0s\n"
          "#10 exporting to image\n"
          "#10 DONE 0.2s\n"
          "#11 resolving provenance for metadata file\n"
          "#11 DONE 0.0s\n");
    CHECK(shown.log.count().steps == 4);
    CHECK(shown.log.count().cached == 0);
}

TEST_CASE("steps that were in the cache say so and are counted") {
    Shown shown;
    play(shown, "cached");
    CHECK(shown.has("#8 [test 2/2] RUN cat /hello.txt"));
    CHECK(shown.has("#8 CACHED"));
    CHECK(shown.has("#9 CACHED"));
    CHECK(shown.log.count().steps == 4);
    CHECK(shown.log.count().cached == 4);
}

TEST_CASE("a failed step is named with its Dockerfile line, its exit code and its last lines") {
    Shown shown;
    play(shown, "failed_step");
    const docker::BuildFailure failure = shown.log.failure();
    CHECK(failure.kind == FailureKind::step);
    CHECK(failure.reason == "exit code: 3");
    CHECK(failure.step ==
          "[3/3] RUN echo about to fail && sh -c 'echo \"##[set-output name=digest]sha256:evil\"; echo oops "
          ">&2; exit 3'");
    CHECK(failure.file == "Dockerfile");
    CHECK(failure.line == 3);
    CHECK(failure.last_lines ==
          std::vector<std::string>{"about to fail", "##[set-output name=digest]sha256:evil", "oops"});
}

TEST_CASE("other failures say what kind they are") {
    struct Row {
        std::string sample;
        FailureKind kind;
        std::string reason;
        std::uint32_t line;
    };
    for (const Row& row :
         {Row{"parse_error", FailureKind::dockerfile,
              "dockerfile parse error on line 2: unknown instruction: RUNN", 2},
          Row{"missing_source", FailureKind::source, "failed to calculate checksum of ref", 2},
          Row{"missing_image", FailureKind::base_image,
              "localhost:5999/none:x: failed to resolve source metadata", 1},
          Row{"failed_push", FailureKind::push, "failed to push localhost:5999/t:ok", 0},
          Row{"interrupted", FailureKind::interrupted, "context canceled", 0}}) {
        CAPTURE(row.sample);
        Shown shown;
        play(shown, row.sample);
        const docker::BuildFailure failure = shown.log.failure();
        CHECK(failure.kind == row.kind);
        CHECK(failure.reason.starts_with(row.reason));
        CHECK(failure.line == row.line);
    }
}

TEST_CASE("a builder that does not start or answer is no failure of the Dockerfile's") {
    struct Row {
        std::string step;
        std::string error;
        FailureKind kind;
        std::string named;
    };
    for (const Row& row :
         {Row{"[internal] booting buildkit", "failed to resolve reference x: connection refused",
              FailureKind::builder, "[internal] booting buildkit"},
          Row{"[internal] waiting for connection", "context deadline exceeded", FailureKind::builder,
              "[internal] waiting for connection"},
          Row{"[node1 internal] waiting for connection", "context deadline exceeded", FailureKind::builder,
              "[node1 internal] waiting for connection"},
          Row{"[internal] booting buildkit", "context canceled", FailureKind::interrupted, ""},
          Row{"[internal] load build definition from Dockerfile", "context deadline exceeded",
              FailureKind::other, ""},
          Row{"[1/2] RUN echo internal] booting buildkit", "context deadline exceeded", FailureKind::other,
              "[1/2] RUN echo internal] booting buildkit"}}) {
        CAPTURE(row.step, row.error);
        Shown shown;
        shown.add(fmt::format(R"({{"vertexes":[{{"digest":"a","name":"{}","started":"2026-01-01T00:00:00Z",)"
                              R"("completed":"2026-01-01T00:00:01Z","error":"{}"}}]}})",
                              row.step, row.error));
        shown.add("ERROR: failed to build: " + row.error);
        shown.log.finish();
        CHECK(shown.log.failure().kind == row.kind);
        CHECK(shown.log.failure().step == row.named);
    }
}

TEST_CASE("Dockerfile checks are kept, each once, with their place") {
    Shown shown;
    play(shown, "checks");
    play(shown, "checks");
    const auto& warnings = shown.log.warnings();
    REQUIRE(warnings.size() == 5);
    CHECK(warnings[0].message == "StageNameCasing: Stage name 'Base' should be lowercase (line 1)");
    CHECK(warnings[0].file == "Dockerfile");
    CHECK(warnings[0].line == 1);
    CHECK(warnings[4].line == 5);
}

TEST_CASE("what a step prints is cut into lines by stream, and the rest comes out when it ends") {
    Shown shown;
    shown.add(started("a"));
    shown.add(printed("a", "one\ntw"));
    shown.add(printed("a", "err", 2));
    shown.add(printed("a", "o\n\x1b[1mthree\x1b[0m"));
    shown.add(ended("a", 2));
    CHECK(shown.joined() ==
          "#1 [1/1] RUN a\n#1 1.50 one\n#1 1.50 two\n#1 2.00 three\n#1 2.00 err\n#1 DONE 2.0s\n");
}

TEST_CASE("a progress bar does not grow") {
    Shown shown;
    shown.add(started("a"));
    for (int i = 0; i < 10000; ++i)
        shown.add(printed("a", fmt::format("\r{}% of a long progress bar", i)));
    shown.add(printed("a", "\n"));
    CHECK(shown.lines.back() == "#1 1.50 9999% of a long progress bar");
    CHECK(shown.lines.size() == 2);
}

TEST_CASE("a line without end comes out in pieces") {
    Shown shown;
    shown.add(started("a"));
    for (int i = 0; i < 100; ++i)
        shown.add(printed("a", std::string(10000, 'x')));
    shown.log.finish();
    CHECK(shown.lines.size() > 10);
    for (const std::string& line : shown.lines)
        CHECK(line.size() < 20000);
}

TEST_CASE("a step whose end comes after other lines is named again") {
    Shown shown;
    shown.add(started("a"));
    shown.add(started("b"));
    shown.add(ended("a", 3));
    shown.add(ended("b", 4, R"(,"cached":true)"));
    CHECK(shown.joined() ==
          "#1 [1/1] RUN a\n#2 [1/1] RUN b\n#1 DONE 3.0s [1/1] RUN a\n#2 CACHED [1/1] RUN b\n");
}

TEST_CASE("of several errors the one that caused the others counts") {
    Shown shown;
    shown.add(started("a"));
    shown.add(started("b"));
    shown.add(printed("b", "boom\n"));
    shown.add(ended("a", 3, R"(,"error":"process did not complete successfully: context canceled")"));
    shown.add(ended("b", 3, R"(,"error":"process \"/bin/sh\" did not complete successfully: exit code: 1")"));
    shown.log.finish();
    CHECK(shown.has("#1 CANCELED [1/1] RUN a"));
    CHECK(shown.log.failure().step == "[1/1] RUN b");
    CHECK(shown.log.failure().reason == "exit code: 1");
    CHECK(shown.log.failure().last_lines == std::vector<std::string>{"boom"});
}

TEST_CASE("only the last lines of a failed step are kept") {
    Shown shown;
    shown.add(started("a"));
    for (int i = 0; i < 1000; ++i)
        shown.add(printed("a", fmt::format("line {}\n", i)));
    shown.add(printed("a", std::string(50000, 'x') + "\n"));
    shown.add(ended("a", 3, R"(,"error":"e")"));
    const auto failure = shown.log.failure();
    REQUIRE(failure.last_lines.size() == 25);
    CHECK(failure.last_lines.front() == "line 976");
    CHECK(failure.last_lines.back().size() < 2100);
}

TEST_CASE("long transfers show that they go on, short ones show nothing") {
    const auto part = [](const std::string& rest) {
        return R"({"statuses":[{"id":"pushing layers","vertex":"a","started":"2026-01-01T00:00:00Z",)" +
               rest + "}]}";
    };
    Shown shown;
    shown.add(started("a"));
    shown.add(part(R"("current":1000000,"total":9500000,"timestamp":"2026-01-01T00:00:01Z")"));
    shown.add(part(R"("current":5000000,"total":9500000,"timestamp":"2026-01-01T00:00:06Z")"));
    shown.add(part(R"("current":6000000,"total":9500000,"timestamp":"2026-01-01T00:00:07Z")"));
    shown.add(part(
        R"("current":9500000,"total":9500000,"timestamp":"2026-01-01T00:00:08Z","completed":"2026-01-01T00:00:08Z")"));
    CHECK(shown.joined() ==
          "#1 [1/1] RUN a\n#1 pushing layers 5.0MB / 9.5MB 6.0s so far\n#1 pushing layers 9.5MB 8.0s\n");
}

TEST_CASE("lines that are no status are shown without control characters") {
    Shown shown;
    shown.add("\x1b[31mWARNING: No output specified\x1b[0m");
    shown.add("{\"vertexes\": nonsense");
    CHECK(shown.joined() == "WARNING: No output specified\n{\"vertexes\": nonsense\n");
}

TEST_CASE("a truncated status is no status") {
    Shown shown;
    shown.log.add({R"({"vertexes":[]})", true});
    CHECK(shown.lines.size() == 1);
}

TEST_CASE("logs of a step that was never announced are dropped") {
    Shown shown;
    shown.add(printed("nobody", "x\n"));
    CHECK(shown.lines.empty());
}
