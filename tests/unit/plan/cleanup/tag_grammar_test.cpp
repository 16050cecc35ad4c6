#include "plan/cleanup/tag_grammar.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image::plan::cleanup;

namespace {

const std::string kHex(64, 'a');

}  // namespace

TEST_CASE("a tag's name says whose it is") {
    const auto [tag, kind] = GENERATE(table<std::string, TagKind>({
        {"pr-7", TagKind::pull_request},
        {"pr-7-abc1234", TagKind::pull_request},
        {"pr-999999999-x", TagKind::pull_request},
        {"pr-7-dev", TagKind::pull_request},
        {"buildcache-pr-7", TagKind::cache},
        {"buildcache-main", TagKind::cache},
        {"pr-image-staging-1-linux-amd64", TagKind::staging},
        {"pr-image-cleanup-1-1-abcd", TagKind::journal},
        {"sha256-" + kHex, TagKind::referrer},
        {"sha256-" + kHex + ".sig", TagKind::referrer},
        {"sha256-" + kHex + ".att", TagKind::referrer},
        {"sha256-" + kHex + ".sbom", TagKind::referrer},
        {"feature-login-abc1234", TagKind::branch_like},
        {"feature-login-abc1234-dev", TagKind::branch_like},
        {"sha-abc1234", TagKind::branch_like},
        // Near misses: none of these is ever touched.
        {"pr-", TagKind::foreign},
        {"pr-0", TagKind::foreign},
        {"pr-07", TagKind::foreign},
        {"pr-7x", TagKind::foreign},
        {"pr-7-", TagKind::foreign},
        {"pr-1234567890", TagKind::foreign},
        {"PR-7", TagKind::foreign},
        {"pr7", TagKind::foreign},
        {"my-pr-7", TagKind::foreign},
        {"pr-image", TagKind::foreign},
        {"buildcache-", TagKind::foreign},
        {"buildcache", TagKind::foreign},
        {"latest", TagKind::foreign},
        {"v1.2.3", TagKind::foreign},
        {"1.2", TagKind::foreign},
        {"abc1234", TagKind::foreign},
        {"feature-ABC1234", TagKind::foreign},
        {"feature-abc12345", TagKind::foreign},
        {"sha256-" + kHex + ".sigx", TagKind::foreign},
        {"sha256-" + kHex.substr(1), TagKind::foreign},
        {"sha256-" + std::string(64, 'A'), TagKind::foreign},
    }));
    CAPTURE(tag);
    CHECK(read_tag(tag).kind == kind);
}

TEST_CASE("a tag of a pull request names its number and its push") {
    const TagName name = read_tag("pr-42-abc1234-dev");
    REQUIRE(name.number);
    CHECK(name.number->value() == 42);
    CHECK(push_of(name.rest) == "abc1234");
    CHECK(read_tag("buildcache-pr-42-dev").number->value() == 42);
    CHECK_FALSE(read_tag("buildcache-feature-pr-42").number);
}

TEST_CASE("only a commit or a run names a push, because other names move") {
    CHECK(push_of("abcdef1") == "abcdef1");
    CHECK(push_of("0123456789abcdef0123456789abcdef01234567") == "0123456789abcdef0123456789abcdef01234567");
    CHECK(push_of("17012345678-1") == "17012345678");
    for (const char* rest : {"", "dev", "abc123", "ABCDEF1", "dev-abcdef1"}) {
        CAPTURE(rest);
        CHECK_FALSE(push_of(rest));
    }
}

TEST_CASE("a referrer's tag names its subject") {
    CHECK(read_tag("sha256-" + kHex + ".sig").subject->string() == "sha256:" + kHex);
}

TEST_CASE("a branch's tag is its sanitised name and seven digits") {
    CHECK(branch_push("feature-add-abc1234", "feature/Add") == "abc1234");
    CHECK(branch_push("feature-add-abc1234-dev", "feature/Add") == "abc1234");
    CHECK(branch_push("x-abc1234-def5678", "x-abc1234") == "def5678");
    CHECK(branch_push("ref-pr-7-abc1234", "pr-7") == "abc1234");
    const auto [tag, branch] = GENERATE(table<std::string, std::string>({
        {"feature-add-abc1234", "feature/other"},
        {"feature-add-abc1234", "feature"},
        {"feature-add-abc12345", "feature/add"},
        {"feature-add", "feature/add"},
        {"feature-add-", "feature/add"},
        {"feature-add-abc1234x", "feature/add"},
        {"sha-abc1234", "main"},
        {"abc1234", ""},
    }));
    CAPTURE(tag, branch);
    CHECK_FALSE(branch_push(tag, branch));
}
