#include "e2e/file_commands.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::e2e {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("an output file's entries are read as GitHub's runner reads them") {
    struct Row {
        std::string_view file;
        Pairs pairs;
        bool error;
    };
    const std::vector<Row> rows = {
        {"", {}, false},
        {"\n\n", {}, false},
        {"tag=pr-7-abc\n", {{"tag", "pr-7-abc"}}, false},
        {"tag=pr-7-abc", {{"tag", "pr-7-abc"}}, false},
        {"empty=\n", {{"empty", ""}}, false},
        {"a=b=c\n", {{"a", "b=c"}}, false},
        {"a=b<<c\n", {{"a", "b<<c"}}, false},
        {" spaced = kept \n", {{" spaced ", " kept "}}, false},
        {"plan<<END\none\ntwo\nEND\n", {{"plan", "one\ntwo"}}, false},
        {"plan<<END\none\nEND", {{"plan", "one"}}, false},
        {"plan<<END\nEND\n", {{"plan", ""}}, false},
        {"plan<<END\n\nEND\n", {{"plan", ""}}, false},
        {"plan<<END\n\n\nEND\n", {{"plan", "\n"}}, false},
        {"plan<<END\na=b\nc<<d\nEND\nnext=1\n", {{"plan", "a=b\nc<<d"}, {"next", "1"}}, false},
        {"plan<<END\r\nx\r\nEND\r\n", {{"plan", "x\r"}}, false},
        {"plan<<E=D\nx\nE=D\n", {{"plan", "x"}}, false},
        {"\xEF\xBB\xBFtag=x\n", {{"tag", "x"}}, false},
        {"a=1\na=2\n", {{"a", "1"}, {"a", "2"}}, false},
        {"a=1\nnonsense\nb=2\n", {{"a", "1"}}, true},
        {"=x\n", {}, true},
        {"<<END\nx\nEND\n", {}, true},
        {"plan<<\nx\n\n", {}, true},
        {"plan<<END\none\ntwo\n", {}, true},
        {"plan<<END\none", {}, true},
    };
    for (const auto& row : rows) {
        INFO("file: " << row.file);
        const KeyValues read = parse_key_values(row.file);
        CHECK(read.pairs == row.pairs);
        CHECK(read.error.has_value() == row.error);
    }
}

TEST_CASE("a path file gives its lines without the empty ones") {
    CHECK(parse_paths("/a\n\r\n/b c\n\n/d") == std::vector<std::string>{"/a", "/b c", "/d"});
    CHECK(parse_paths("").empty());
}

}  // namespace
}  // namespace pr_image::e2e
