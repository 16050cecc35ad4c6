#include "process/line_splitter.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image::process;

namespace {

struct Collected {
    std::vector<std::string> lines;
    LineSplitter splitter;
    explicit Collected(std::size_t limit)
        : splitter(
              [this](const Line& line) {
                  lines.push_back(std::string(line.text) + (line.truncated ? "…" : ""));
              },
              limit) {}
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines are the same however the stream is cut") {
    const std::string stream = "one\n\ntwo\r\nthree\rfour\n" + std::string(12, 'x') + "\nlast";
    const Lines expected{"one", "", "two", "three\rfour", "xxxxxxxxxx…", "last"};
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        CAPTURE(size);
        Collected collected(10);
        for (std::size_t at = 0; at < stream.size(); at += size)
            collected.splitter.feed(stream.substr(at, size));
        collected.splitter.finish();
        CHECK(collected.lines == expected);
    }
}

TEST_CASE("a line of the limit is whole, and one byte more is not") {
    Collected collected(4);
    collected.splitter.feed("abcd\nabcde\nabcd");
    collected.splitter.finish();
    CHECK(collected.lines == Lines{"abcd", "abcd…", "abcd"});
}

TEST_CASE("a line without end is delivered once, as soon as the limit is reached, and then dropped") {
    Collected collected(100);
    for (int i = 0; i < 1000; ++i)
        collected.splitter.feed(std::string(64, 'x'));
    CHECK(collected.lines.size() == 1);
    collected.splitter.feed("\nnext\n");
    collected.splitter.finish();
    CHECK(collected.lines == Lines{std::string(100, 'x') + "…", "next"});
}

TEST_CASE("without a handler the stream is dropped") {
    LineSplitter splitter({}, 10);
    splitter.feed("a\nb");
    splitter.finish();
    SUCCEED();
}
