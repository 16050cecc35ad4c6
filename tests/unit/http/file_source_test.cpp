#include "http/file_source.hpp"

#include "fakes/run_coroutine.hpp"
#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <fstream>
#include <span>
#include <string>

using namespace pr_image;

namespace {

std::string read_all(http::Source& source) {
    boost::asio::io_context loop;
    std::string content;
    std::array<char, 1000> buffer{};
    for (;;) {
        const Result<std::size_t> size = fakes::run_coroutine(loop, source.read(std::span(buffer)));
        if (!size) return content + " then " + size.error().why;
        if (*size == 0) return content;
        content.append(buffer.data(), *size);
    }
}

}  // namespace

TEST_CASE("a file is sent as it is, and once more after going back") {
    const test::Folder folder;
    const std::string content(2500, 'x');
    folder.write("file", content);
    Result<http::Source> source = http::file_source(folder.path("file"));
    REQUIRE(source);
    CHECK(source->size == 2500);
    CHECK(read_all(*source) == content);
    REQUIRE(source->rewind());
    CHECK(read_all(*source) == content);
}

TEST_CASE("a file that becomes shorter while it is sent is an Error, not a short body") {
    const test::Folder folder;
    folder.write("file", std::string(2500, 'x'));
    Result<http::Source> source = http::file_source(folder.path("file"));
    REQUIRE(source);
    folder.write("file", "short");
    CHECK(read_all(*source).find("became shorter") != std::string::npos);
}

TEST_CASE("what is no regular file cannot be sent") {
    const test::Folder folder;
    CHECK_FALSE(http::file_source(folder.path()));
    CHECK_FALSE(http::file_source(folder.path("missing")));
}
