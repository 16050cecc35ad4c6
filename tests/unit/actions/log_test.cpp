#include "actions/log.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;
using actions::Annotation;
using actions::Log;

namespace {

struct Printed {
    explicit Printed(bool in_actions)
        : log([this](std::string_view lines) { text += lines; }, in_actions,
              [this] { return "token" + std::to_string(++tokens); }) {}
    std::string text;
    int tokens = 0;
    Log log;
};

}  // namespace

TEST_CASE("ordinary lines cannot become commands") {
    Printed printed(true);
    printed.log.line("first\n::set-output name=a::b\r ##[error]x");
    CHECK(printed.text == "first\n: :set-output name=a::b\n ## [error]x\n");
}

TEST_CASE("an error is one annotation with a title, the reason and the remedy") {
    Printed printed(true);
    printed.log.error(Error{"Invalid input 'pr-tag'", "it has a line\nbreak", "Write it on one line"});
    CHECK(printed.text ==
          "::error title=Invalid input 'pr-tag'::it has a line%0Abreak. Write it on one line\n");
}

TEST_CASE("annotations carry file and line; outside Actions they read like a compiler's") {
    const Annotation check{.title = "StageNameCasing", .message = "m", .file = "a,b", .line = 3};
    Printed inside(true);
    inside.log.warning(check);
    CHECK(inside.text == "::warning title=StageNameCasing,file=a%2Cb,line=3::m\n");
    Printed outside(false);
    outside.log.warning(check);
    outside.log.notice({.title = "", .message = "n", .file = "", .line = {}});
    CHECK(outside.text == "a,b:3: warning: StageNameCasing: m\nnotice: n\n");
}

TEST_CASE("no line, annotation, title or file name shows something else than what is there") {
    const std::string text = "if \u2066x\u202E\u200B";
    const std::string shown = "if \\u{2066}x\\u{202e}\\u{200b}";
    Printed printed(true);
    printed.log.line(text);
    CHECK(printed.text == shown + "\n");
    printed.text.clear();
    printed.log.warning({.title = text, .message = text, .file = text, .line = 3});
    CHECK(printed.text == "::warning title=" + shown + ",file=" + shown + ",line=3::" + shown + "\n");
    printed.text.clear();
    {
        const Log::Group group(printed.log, text);
        printed.log.debug(text);
        Log::Untrusted(printed.log).line(text);
    }
    CHECK(printed.text == "::group::" + shown + "\n::debug::" + shown + "\n::stop-commands::token1\n" +
                              shown + "\n::token1::\n::endgroup::\n");
}

TEST_CASE("a secret with characters that nobody sees is hidden as it is and as it is shown") {
    Printed printed(false);
    printed.log.mask("hun\u200Bter2");
    printed.log.line("hun\u200Bter2 hun\\u{200b}ter2");
    CHECK(printed.text == "*** ***\n");
}

TEST_CASE("groups and debug lines are commands inside Actions and plain text outside") {
    Printed inside(true);
    {
        const Log::Group group(inside.log, "Plan\n::x::");
        inside.log.debug("d");
    }
    CHECK(inside.text == "::group::Plan%0A::x::\n::debug::d\n::endgroup::\n");
    Printed outside(false);
    {
        const Log::Group group(outside.log, "Plan");
        outside.log.debug("d");
    }
    CHECK(outside.text == "== Plan\n");
}

TEST_CASE("the runner executes nothing inside an untrusted block, and the block shows text unchanged") {
    Printed printed(true);
    {
        Log::Untrusted block(printed.log);
        block.line("x ##[set-output name=digest]sha256:evil\n::add-mask::a");
    }
    CHECK(printed.text ==
          "::stop-commands::token1\nx ##[set-output name=digest]sha256:evil\n::add-mask::a\n::token1::\n");
}

TEST_CASE("the log's own commands work inside an untrusted block, which gets a new token after each") {
    Printed printed(true);
    {
        Log::Untrusted outer(printed.log);
        Log::Untrusted inner(printed.log);
        printed.log.warning({.title = "t", .message = "m", .file = "", .line = {}});
        inner.line("x");
    }
    CHECK(printed.text ==
          "::stop-commands::token1\n::token1::\n::warning "
          "title=t::m\n::stop-commands::token2\nx\n::token2::\n");
}

TEST_CASE("outside Actions an untrusted block prints the text alone") {
    Printed printed(false);
    {
        Log::Untrusted block(printed.log);
        block.line("x");
    }
    CHECK(printed.text == "x\n");
    CHECK(printed.tokens == 0);
}

TEST_CASE("a masked value appears in add-mask and nowhere else") {
    Printed printed(true);
    printed.log.mask("s3cr%t");
    CHECK(printed.text.starts_with("::add-mask::s3cr%25t\n"));
    CHECK(printed.text.find("\n::add-mask::s3cr%2525t\n") != std::string::npos);
    printed.text.clear();
    printed.log.line("a s3cr%t b");
    printed.log.error(Error{"s3cr%t", "s3cr%t", "s3cr%t"});
    printed.log.debug("s3cr%t");
    {
        const Log::Group group(printed.log, "s3cr%t");
        Log::Untrusted block(printed.log);
        block.line("s3cr%t");
    }
    CHECK(printed.text.find("s3cr") == std::string::npos);
}

TEST_CASE("a value that is masked inside an untrusted block is masked with commands on") {
    Printed printed(true);
    Log::Untrusted block(printed.log);
    printed.text.clear();
    printed.log.mask("abcd");
    CHECK(printed.text.starts_with("::token1::\n::add-mask::abcd\n::stop-commands::token2\n"));
}

TEST_CASE("outside Actions a secret is never printed, not even to mask it") {
    Printed printed(false);
    printed.log.mask("s3cret");
    CHECK(printed.text.empty());
    printed.log.line("a s3cret");
    CHECK(printed.text == "a ***\n");
}
