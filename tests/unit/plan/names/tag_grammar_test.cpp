#include "plan/names/tag_grammar.hpp"

#include "text/reference.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;

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
        {"sha-abc1234", TagKind::commit},
        {"sha-abc1234-dev", TagKind::commit},
        {"buildcache-pr-7--dev---linux-arm64", TagKind::cache},
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
        {"pr-image-staging-", TagKind::foreign},
        {"pr-image-cleanup-", TagKind::foreign},
        {"sha-", TagKind::foreign},
        {"sha-abc123", TagKind::foreign},
        {"sha-ABC1234", TagKind::foreign},
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

namespace {

/// Text of every kind that a branch, variant or target may have.
class Texts {
  public:
    explicit Texts(std::uint32_t seed) : engine_(seed) {}

    std::size_t below(std::size_t count) { return engine_() % count; }
    std::string text(std::size_t most) {
        static constexpr std::string_view kCharacters = "abcdef0123456789--..__//##XY \xC3\xA4";
        std::string text;
        for (std::size_t i = 0, count = below(most + 1); i < count; ++i)
            text += kCharacters[below(kCharacters.size())];
        return text;
    }
    std::string hex(std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += "0123456789abcdef"[below(16)];
        return text;
    }
    PullRequestNumber number() {
        return PullRequestNumber::parse(std::to_string(1 + below(999'999'999))).value();
    }

  private:
    std::mt19937 engine_;
};

}  // namespace

TEST_CASE("every tag that is made is read back as what it was made of") {
    for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
        Texts some(seed);
        CAPTURE(seed);
        const PullRequestNumber number = some.number();
        const std::string rest = some.below(4) == 0 ? "" : some.hex(7) + "-dev";
        const std::string of_pull_request = pull_request_tag(number, rest);
        CHECK(read_tag(of_pull_request).kind == TagKind::pull_request);
        CHECK(read_tag(of_pull_request).number == number);
        CHECK(read_tag(of_pull_request).rest == rest);
        CHECK(is_pull_request_tag(of_pull_request, number));

        const bool by_number = some.below(2) == 0;
        const CacheName cache{
            .ref = by_number ? pull_request_cache_ref(number) : branch_cache_ref("b" + some.text(120)),
            .variant = cache_part(some.text(30), 18),
            .platform = some.below(2) == 0 ? "" : "linux-" + some.hex(5)};
        const std::string cached = cache_tag(cache);
        CAPTURE(cached);
        CHECK(read_tag(cached).kind == TagKind::cache);
        CHECK(read_tag(cached).number.has_value() == by_number);
        CHECK(read_cache_tag(cached) == cache);
        CHECK(Tag::parse(cached));

        const StagingName staging{.run_id = std::to_string(some.below(1'000'000)),
                                  .platform = some.below(2) == 0 ? "linux/amd64" : "linux/arm/v7",
                                  .variant = some.below(2) == 0 ? "" : "x" + some.hex(3) + "-y"};
        CHECK(read_tag(staging_tag_name(staging)).kind == TagKind::staging);
        CHECK(read_staging_tag(staging_tag_name(staging)) == staging);

        const std::string name = fmt::format("17-{}-{}", some.below(9), some.hex(8));
        CHECK(read_tag(journal_tag(name)).kind == TagKind::journal);
        CHECK(read_tag(journal_tag(name)).rest == name);

        const Digest subject = Digest::parse("sha256:" + some.hex(64)).value();
        static const std::vector<std::string> kSuffixes{"", ".sig", ".att", ".sbom"};
        const std::string& suffix = kSuffixes[some.below(kSuffixes.size())];
        const std::string refers = referrer_tag(subject, suffix);
        CHECK(read_tag(refers).kind == TagKind::referrer);
        CHECK(read_tag(refers).subject == subject);
        CHECK(read_tag(refers).rest == suffix);

        const std::string commit = some.hex(7);
        CHECK(read_tag(commit_tag(commit)).kind == TagKind::commit);
        CHECK(read_tag(commit_tag(commit)).rest == commit);

        const std::string branch = some.text(200);
        const std::string of_branch = branch_tag(branch, commit);
        CAPTURE(branch, of_branch);
        CHECK(Tag::parse(of_branch));
        if (read_tag(of_branch).kind != TagKind::commit) {
            CHECK(read_tag(of_branch).kind == TagKind::branch_like);
            CHECK(branch_push(of_branch, branch) == commit);
        } else {
            CHECK(sanitise(branch).empty());
        }
    }
}

TEST_CASE("a tag that reads as one of ours is made again by what was read") {
    static const std::vector<std::string> kStarts{"pr-",
                                                  "pr-7",
                                                  "pr-7-",
                                                  "buildcache-",
                                                  "buildcache-pr-7",
                                                  "pr-image-staging-",
                                                  "pr-image-staging-17-linux-amd64",
                                                  "pr-image-cleanup-",
                                                  "sha256-",
                                                  "sha-",
                                                  "sha-abc1234",
                                                  ""};
    for (std::uint32_t seed = 0; seed < 4'000; ++seed) {
        Texts some(seed);
        const std::string tag = kStarts[some.below(kStarts.size())] + some.text(12);
        CAPTURE(tag);
        if (!Tag::parse(tag)) continue;
        const TagName name = read_tag(tag);
        switch (name.kind) {
            case TagKind::pull_request:
                CHECK(pull_request_tag(*name.number, name.rest) == tag);
                break;
            case TagKind::cache:
                // Nobody here makes a mark with nothing behind it.
                if (!tag.ends_with('-') && !tag.contains("----"))
                    CHECK(cache_tag(read_cache_tag(tag).value()) == tag);
                break;
            case TagKind::staging:
                if (const auto staging = read_staging_tag(tag)) CHECK(staging_tag_name(*staging) == tag);
                break;
            case TagKind::journal:
                CHECK(journal_tag(name.rest) == tag);
                break;
            case TagKind::referrer:
                CHECK(referrer_tag(*name.subject, name.rest) == tag);
                break;
            case TagKind::commit:
                CHECK(commit_tag(name.rest) == tag);
                break;
            case TagKind::branch_like:
            case TagKind::foreign:
                break;
        }
    }
}

TEST_CASE("the longest tag here is the longest that a registry takes") {
    CHECK(Tag::parse(std::string(kMaxTagLength, 'a')));
    CHECK_FALSE(Tag::parse(std::string(kMaxTagLength + 1, 'a')));
    CHECK(branch_tag(std::string(300, 'b'), "abc1234").size() == kMaxTagLength);
    const std::string longest = cache_tag({.ref = branch_cache_ref(std::string(300, 'b')),
                                           .variant = cache_part(std::string(60, 'v'), 18),
                                           .platform = "linux-arm64-v8"});
    CHECK(longest.size() == kMaxTagLength);
    CHECK(Tag::parse(longest));
}

TEST_CASE("no two branches and no pull request share a cache") {
    const std::vector<std::string> branches{"main",
                                            "Main",
                                            "MAIN",
                                            "main#",
                                            "main/",
                                            "main.",
                                            "-main",
                                            "ma\xC3\xADn",
                                            "main_1a2b3c4d",
                                            "main--x",
                                            "main-x",
                                            "main/x",
                                            "main_x",
                                            "pr-7",
                                            "pr/7",
                                            "PR-7",
                                            "ref-pr-7",
                                            "pr-7-abc",
                                            "pr-7-abc1234",
                                            "pr-70",
                                            "pr-7--dev",
                                            "buildcache-main",
                                            "pr-image-cleanup-1",
                                            "sha",
                                            "sha-abc1234",
                                            "\xE6\xBC\xA2\xE5\xAD\x97",
                                            "\xE5\xAD\x97\xE6\xBC\xA2",
                                            "###",
                                            "##",
                                            std::string(200, 'p') + "1",
                                            std::string(200, 'p') + "2",
                                            std::string(80, 'p'),
                                            std::string(81, 'p'),
                                            "feature/x",
                                            "feature-x",
                                            "feature.x",
                                            "feature x"};
    std::map<std::string, std::string> owners{
        {pull_request_cache_ref(PullRequestNumber::parse("7").value()), "pull request 7"}};
    for (const std::string& branch : branches) {
        const std::string ref = branch_cache_ref(branch);
        CAPTURE(branch, ref, owners[ref]);
        CHECK_FALSE(ref.empty());
        CHECK(owners[ref].empty());
        owners[ref] = branch;
        CHECK_FALSE(read_tag(cache_tag({.ref = ref, .variant = {}, .platform = {}})).number);
        CHECK(is_cache_of_branch(ref, branch));
    }
    CHECK(branch_cache_ref("").empty());
}

TEST_CASE("ordinary names keep their names in caches") {
    for (const char* name :
         {"main", "master", "develop", "release-1.x", "feature-login", "v2", "renovate-all"}) {
        CAPTURE(name);
        CHECK(branch_cache_ref(name) == name);
        CHECK(cache_part(name, 20) == name);
    }
    CHECK(branch_cache_ref("feature/login").starts_with("feature-login_"));
    CHECK(branch_cache_ref(std::string(80, 'p')) == std::string(80, 'p'));
    CHECK(branch_cache_ref(std::string(81, 'p')).size() == 80);
}

TEST_CASE("variants and platforms never read as one another, nor as a part of the ref") {
    std::set<std::string> scopes;
    std::size_t made = 0;
    for (const char* ref : {"main", "main-dev", "main-linux-arm64", "main-dev-linux-arm64"}) {
        for (const char* variant : {"", "dev", "Dev", "dev-linux-arm64", "linux-arm64", "-dev", "dev_"}) {
            for (const char* platform : {"", "linux-arm64", "linux-arm-v7", "dev"}) {
                const CacheName name{.ref = branch_cache_ref(ref),
                                     .variant = cache_part(variant, 18),
                                     .platform = cache_part(platform, 14)};
                scopes.insert(cache_scope(name));
                ++made;
            }
        }
    }
    CHECK(scopes.size() == made);
}

TEST_CASE("a cache is a living branch's by its whole name, or by an older version's name") {
    CHECK(is_cache_of_branch("main", "main"));
    CHECK(is_cache_of_branch("feature-living", "feature/living"));
    CHECK(is_cache_of_branch("feature-living-dev", "feature/living"));
    CHECK_FALSE(is_cache_of_branch(branch_cache_ref("main#"), "main"));
    CHECK_FALSE(is_cache_of_branch(branch_cache_ref("Main"), "main"));
    CHECK_FALSE(is_cache_of_branch("mainline", "main"));
    CHECK_FALSE(is_cache_of_branch("main", ""));
    CHECK_FALSE(is_cache_of_branch("main", "###"));
}

TEST_CASE("a name that reads as ours is reserved, whatever follows it") {
    for (const char* name :
         {"pr-7", "pr-7x", "pr-7-abc", "pr-image-x", "buildcache-x", "sha256-x", "sha", "sha-abc1234"}) {
        CAPTURE(name);
        CHECK(is_reserved(name));
        CHECK(sanitise_ref(name).starts_with("ref-"));
    }
    for (const char* name : {"main", "pr", "pr-template", "buildcache", "sha-fix", "sha256", "shader"}) {
        CAPTURE(name);
        CHECK_FALSE(is_reserved(name));
        CHECK(sanitise_ref(name) == name);
    }
}

TEST_CASE("a glob that no tag can match is refused, since it would protect nothing") {
    const std::string glob = GENERATE(as<std::string>(), "pr-[7]-*", "{pr-7,x}-*", "!v*", "v[0-9]*",
                                      "refs/tags/v*", "v1\\.*", "^v", "v+", "v$", "(v|w)*", "v 1", "v@1",
                                      "v:1", "\xC3\xA4*", "-*", ".*", std::string(129, 'v'), "v*,w*");
    CAPTURE(glob);
    const Result<void> checked = check_tag_globs({"v*", glob});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().what == "Invalid input 'protected-tags'");
    CHECK(checked.error().why.contains("match nothing"));
    CHECK(checked.error().fix.contains("Only *"));
}

TEST_CASE("globs of what a tag can hold are taken") {
    CHECK(check_tag_globs({"v*", "*.*.*", "release-?", "_x", "Latest", "*", "**", "?",
                           std::string(128, 'v') + "*", "*-py*", "pr-7-*"}));
    CHECK(check_tag_globs({}));
}
