#include "text/commit_sha.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

namespace {

CommitSha sha(std::string_view text) {
    return CommitSha::parse(text).value();
}

}  // namespace

TEST_CASE("a commit SHA is 7 to 64 hex digits, kept in lower case") {
    CHECK(sha("ABCDEF1").string() == "abcdef1");
    CHECK(sha(std::string(64, 'a')).string().size() == 64);
    const std::string bad =
        GENERATE(as<std::string>{}, "", "abcdef", "abcdefg", "abcdef1\n", "\nabcdef1", "abcdef1 ",
                 "abcdef1;id", "refs/heads/main", "HEAD", std::string(65, 'a'));
    CAPTURE(bad);
    CHECK_FALSE(CommitSha::parse(bad));
}

TEST_CASE("a SHA-1 or SHA-256 name is whole, anything shorter an abbreviation") {
    const auto [length, full] = GENERATE(table<std::size_t, bool>(
        {{7, false}, {39, false}, {40, true}, {41, false}, {63, false}, {64, true}}));
    CAPTURE(length);
    CHECK(sha(std::string(length, 'a')).is_full() == full);
}

TEST_CASE("the short form has seven digits") {
    CHECK(sha("0123456789abcdef").short_form() == "0123456");
    CHECK(sha("0123456").short_form() == "0123456");
}

TEST_CASE("an abbreviation means the commit that starts with it") {
    CHECK(sha("0123456789").same_commit(sha("0123456")));
    CHECK(sha("0123456").same_commit(sha("0123456789")));
    CHECK(sha("0123456").same_commit(sha("0123456")));
    CHECK_FALSE(sha("0123456").same_commit(sha("0123457")));
    CHECK_FALSE(sha("0123456789").same_commit(sha("1234567")));
    const std::string whole(40, 'a');
    CHECK(sha(whole).same_commit(sha(whole.substr(0, 39))));
    // A whole name of either kind abbreviates nothing.
    CHECK_FALSE(sha(whole).same_commit(sha(whole + std::string(24, 'b'))));
}
