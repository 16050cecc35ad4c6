#include "plan/names/metadata/tag_names.hpp"

#include "unit/plan/names/metadata/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan::metadata;
using examples::names;
using examples::shown;

// Every answer below was also given by docker/metadata-action 6 for the same inputs.
TEST_CASE("the rules yield docker/metadata-action's tags in its order") {
    const auto [event, ref, tags, flavor,
                answer] = GENERATE(table<std::string, std::string, std::string, std::string, std::string>({

        // ref
        {"push", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"push", "refs/heads/dev",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "dev"},
        {"push", "refs/heads/my/branch",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "my-branch"},
        {"push", "refs/heads/my/feature#1245",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "",
         "my-feature-1245"},
        {"push", "refs/heads/Ünïcode/x", "type=ref,event=branch,prefix=b", "", "b-n-code-x"},
        {"push", "refs/tags/release1",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "",
         "release1 latest"},
        {"push", "refs/tags/v1.2.3",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "v1.2.3 latest"},
        {"push", "refs/tags/v2.0.8-beta.67",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "",
         "v2.0.8-beta.67 latest"},
        {"push", "refs/tags/20200110-RC2",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "",
         "20200110-RC2 latest"},
        {"push", "refs/tags/p1/v1.0.0", "type=ref,event=tag", "", "p1-v1.0.0 latest"},
        {"pull_request", "refs/pull/15/merge",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "pr-15"},
        {"pull_request_target", "refs/pull/15/merge",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "pr-15"},
        {"pull_request", "refs/pull/3/head",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "pr-3-head"},
        {"schedule", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "nightly main"},
        {"workflow_dispatch", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"workflow_dispatch", "refs/heads/dev",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "dev"},
        {"release", "refs/tags/v1.1.1",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "v1.1.1 latest"},
        {"create", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"create", "refs/tags/v1",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "v1 latest"},
        {"merge_group", "refs/heads/gh-readonly-queue/main/pr-7-abc",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "",
         "gh-readonly-queue-main-pr-7-abc"},
        {"repository_dispatch", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"workflow_run", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"discussion", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"issues", "refs/heads/main",
         "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", "main"},
        {"push", "", "type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr", "", ""},
        {"pull_request", "refs/pull/15/merge", "type=ref,event=pr", "prefix=glo-\nsuffix=-bal", "pr-15-bal"},
        {"pull_request", "refs/pull/15/merge", "type=ref,event=pr,prefix=", "prefix=glo-\nsuffix=-bal",
         "15-bal"},
        {"push", "refs/heads/dev", "type=ref,event=tag\ntype=ref,event=pr", "", ""},

        // edge
        {"push", "refs/heads/main", "type=edge", "", "edge"},
        {"push", "refs/heads/dev", "type=edge", "", ""},
        {"push", "refs/heads/dev", "type=edge,branch=dev", "", "edge"},
        {"push", "refs/heads/main", "type=edge,branch=dev\ntype=sha", "", "sha-860c190"},
        {"workflow_dispatch", "refs/heads/main", "type=edge\ntype=sha", "", "edge sha-860c190"},
        {"push", "refs/tags/v1", "type=edge", "", ""},
        {"push", "refs/heads/my/branch", "type=edge,branch=my/branch,prefix=x-", "", "x-edge"},

        // sha
        {"push", "refs/heads/dev", "type=ref,event=branch\ntype=sha", "", "dev sha-860c190"},
        {"push", "refs/heads/dev", "type=sha,format=long", "",
         "sha-860c1904a1ce19322e91ac35af1ab07466440c37"},
        {"push", "refs/heads/dev", "type=sha,format=short,prefix=", "", "860c190"},
        {"push", "refs/heads/dev", "type=sha,prefix={{branch}}-", "", "dev-860c190"},
        {"push", "refs/heads/dev", "type=sha,suffix=-x", "prefix=glo-\nsuffix=-bal", "sha-860c190-x"},
        {"pull_request", "refs/pull/15/merge", "type=ref,event=pr\ntype=sha", "", "pr-15 sha-860c190"},
        {"pull_request", "refs/pull/15/merge", "type=sha,priority=2000\ntype=ref,event=pr", "",
         "sha-860c190 pr-15"},

        // raw
        {"push", "refs/heads/dev", "type=raw,value=foo\ntype=raw,bar\nbaz", "", "foo bar baz"},
        {"push", "refs/heads/dev", "type=ref,event=branch\ntype=raw,my\ntype=raw,custom", "",
         "dev my custom"},
        {"push", "refs/heads/dev", "foo\nfoo\ntype=raw,value=foo", "", "foo"},
        {"push", "refs/heads/dev", "type=raw,value=a b/c:d", "", "a-b-c-d"},
        {"push", "refs/heads/dev", "type=raw,value=", "", ""},
        {"push", "refs/heads/dev", "type=raw,value=", "prefix=p-", "p-"},
        {"push", "refs/heads/dev", "type=raw,value=a=b", "", "a-b"},
        {"push", "refs/heads/dev", "VALUE=x", "", "x"},
        {"push", "refs/heads/dev", "type=raw,foo\ntype=raw,bar,enable=false\ntype=raw,baz,enable=true", "",
         "foo baz"},
        {"push", "refs/heads/dev", "foo,prefix=a-,suffix=-b", "", "a-foo-b"},
        {"push", "refs/heads/dev", " type = raw , value = spaced ", "", "spaced"},
        {"push", "refs/heads/dev", R"("type=raw,value=quoted")", "", "quoted"},
        {"push", "refs/heads/dev", "type=raw,value=foo#bar\n#comment, \"with a quote", "", "foo-bar"},

        // global expressions
        {"push", "refs/heads/main",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x-main x- x-860c190 x-true x-false"},
        {"push", "refs/heads/dev",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x-dev x- x-860c190 x-false x-true"},
        {"push", "refs/heads/a/b",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x-a-b x- x-860c190 x-false x-true"},
        {"push", "refs/tags/v1.1.1",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x- x-v1.1.1 x-860c190 x-trunk x-false x-true"},
        {"pull_request", "refs/pull/15/merge",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x- x-860c190 x-trunk x-false x-true"},
        {"schedule", "refs/heads/main",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x-main x- x-860c190 x-true x-false"},
        {"schedule", "refs/heads/dev",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x-dev x- x-860c190 x-true x-false"},
        {"create", "refs/tags/v1",
         "type=raw,value=x-{{branch}}\ntype=raw,value=x-{{tag}}\ntype=raw,value=x-{{sha}}\ntype=raw,value=x-{"
         "{base_ref}}\ntype=raw,value=x-{{is_default_branch}}\ntype=raw,value=x-{{is_not_default_branch}}",
         "", "x- x-v1 x-860c190 x-trunk x-true x-false"},
        {"push", "refs/heads/main",
         "type=raw,value=x-{{date 'YYYYMMDD'}}\ntype=raw,value=x-{{date 'YYYYMMDD-HHmmss' "
         "tz='Asia/Tokyo'}}\ntype=raw,value=x-{{commit_date 'YYYYMMDD-HHmmss'}}\ntype=raw,value=x-{{date "
         "'X'}}",
         "", "x-20200110 x-20200110-093000 x-20191231-233000 x-1578616200"},
        {"push", "refs/heads/main", "type=raw,value=latest,enable={{is_default_branch}}", "", "latest"},
        {"push", "refs/heads/dev",
         "type=raw,value=latest,enable={{is_default_branch}}\ntype=ref,event=branch", "", "dev"},
        {"push", "refs/heads/dev", "type=raw,value=notdefault,enable={{is_not_default_branch}}", "",
         "notdefault"},
        {"push", "refs/heads/main", "type=raw,value={{ branch }}-{{{sha}}}-{{~branch~}} x", "",
         "main-860c190-mainx"},
        {"push", "refs/heads/main", "type=raw,value={{!note}}a{{!-- }} --}}b", "", "ab"},

        // schedule
        {"schedule", "refs/heads/main", "type=schedule", "", "nightly"},
        {"push", "refs/heads/main", "type=schedule", "", ""},
        {"schedule", "refs/heads/main", "type=schedule,pattern={{date 'YYYYMMDD'}}", "", "20200110"},
        {"schedule", "refs/heads/main", "type=schedule,pattern={{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}",
         "", "20200110-093000"},
        {"schedule", "refs/heads/main", "type=schedule,pattern=src-{{commit_date 'YYYY-MM-DD'}}", "",
         "src-2019-12-31"},
        {"schedule", "refs/heads/main",
         "type=schedule\ntype=sha,priority=2000\ntype=raw,value=defbranch,enable={{is_default_branch}}", "",
         "sha-860c190 nightly defbranch"},
        {"schedule", "refs/heads/main", "type=schedule", "prefix=glo-\nsuffix=-bal", "glo-nightly-bal"},

        // priority and latest
        {"push", "refs/tags/v1.1.1", "type=raw,priority=2000,foo\ntype=ref,event=tag\ntype=edge", "",
         "foo v1.1.1"},
        {"push", "refs/tags/v2.0.8-beta.67",
         "type=raw,priority=2000,foo\ntype=semver,pattern={{version}}\ntype=match,pattern=\\d.\\d", "",
         "foo 2.0.8-beta.67 2.0"},
        {"push", "refs/tags/v1.1.1",
         "type=sha\ntype=raw,a\ntype=ref,event=tag\ntype=edge\ntype=match,pattern=\\d\ntype=semver,pattern={{"
         "major}}.x",
         "", "1.x 1 v1.1.1 a sha-860c190 latest"},
        {"push", "refs/heads/dev", "type=ref,priority=90,event=branch\nmy\ncustom", "latest=true",
         "my custom dev latest"},
        {"push", "refs/heads/dev", "a\nb,priority=200.5\nc,priority=-1\nd,priority=0\ne", "", "b a e d c"},
        {"push", "refs/heads/dev",
         "type=pep440,pattern={{version}},value=2.0\ntype=semver,pattern={{version}},value=1.0.0", "",
         "2.0 1.0.0 latest"},
        {"push", "refs/tags/v1.1.1", "type=raw,value=,priority=2000\ntype=ref,event=tag", "",
         "v1.1.1 latest"},
        {"push", "refs/tags/v1.1.1", "type=ref,event=tag", "latest=false", "v1.1.1"},
        {"push", "refs/tags/v1.1.1", "type=sha", "latest=auto", "sha-860c190"},
        {"push", "refs/heads/dev", "type=edge", "latest=true", ""},

        // flavor
        {"push", "refs/tags/v1.1.1", "type=semver,pattern={{version}}", "suffix=-dev,onlatest=true",
         "1.1.1-dev latest-dev"},
        {"push", "refs/tags/v1.1.1", "type=semver,pattern={{version}}",
         "prefix=foo-,onlatest=true\nsuffix=-dev,onlatest=true", "foo-1.1.1-dev foo-latest-dev"},
        {"push", "refs/tags/v1.1.1", "type=semver,pattern={{version}}",
         "prefix=foo-,onlatest=false\nsuffix=-dev", "foo-1.1.1-dev latest"},
        {"push", "refs/heads/dev", "type=raw,my,prefix=foo-,suffix=-bar\ncustom",
         "latest=false\nprefix=glo-\nsuffix=-bal", "foo-my-bar glo-custom-bal"},
        {"push", "refs/heads/dev", "type=ref,event=branch", "prefix={{sha}}-", "860c190-dev"},
        {"push", "refs/heads/dev", "type=ref,event=branch", "latest=false,prefix=a-,suffix=-z", "a-dev-z"},
        {"push", "refs/heads/dev", "type=ref,event=branch", "# note\nprefix=v#1-", "v-1-dev"},
        {"push", "refs/heads/dev", "x,suffix=\ny", "suffix=-dev", "x y-dev"},
    }));
    CAPTURE(event, ref, tags, flavor);
    CHECK(shown(names(tags, flavor, examples::context(event, ref))) == answer);
}

TEST_CASE("where docker/metadata-action's answer harms people, the answer is the sane one") {
    const auto [ref, tags, flavor,
                answer] = GENERATE(table<std::string, std::string, std::string, std::string>({
        // There `a&b` becomes a-amp-b.
        {"refs/heads/a&b", "type=raw,value=x-{{branch}}", "", "x-a-b"},
        // There the tag starts with `-`, which no registry accepts.
        {"refs/heads/#12-fix", "type=ref,event=branch", "", "12-fix"},
        {"refs/heads/main", "type=sha,prefix=-.", "", "860c190"},
        // There `latest` comes twice.
        {"refs/tags/v1", "type=ref,event=tag\ntype=raw,value=latest", "", "v1 latest"},
        // There the prefix of `latest` is `-sha-`.
        {"refs/tags/v1", "type=ref,event=tag", "prefix={{sha}}-,onlatest=true", "860c190-v1 860c190-latest"},
        {"refs/heads/main", "type=ref,event=branch", "latest={{is_default_branch}}", "main latest"},
        {"refs/heads/dev", "type=ref,event=branch", "latest={{is_default_branch}}", "dev"},
        // There the comma ends the pattern, and `2}` is the value.
        {"refs/tags/release12", R"(type=match,"pattern=^release\d{1,2}")", "", "release12 latest"},
        {"refs/tags/release12", R"(type=match,pattern=^release\d{1,2})", "", "release12 latest"},
        {"refs/heads/main", "type=raw,value={{date 'D, M'}}", "", "10-1"},
        {"refs/heads/main", R"(type=raw,"value=a,b")", "", "a-b"},
        // There it crashes.
        {"refs/heads/main", "a\n   \nb", "", "a b"},
        {"refs/tags/v1.2.3", "type=semver,pattern={{version}},match=(x)?v", "", "1.2.3 latest"},
        // There the comment is a tag.
        {"refs/heads/main", "a\n  # note", "", "a"},
        // There `false` is as good as true.
        {"refs/heads/dev", "type=raw,value=x{{#if is_default_branch}}-y{{/if}}", "", "x"},
        // There `latest` of a rule is nothing.
        {"refs/heads/main", "type=edge,latest=true", "", "edge latest"},
        {"refs/tags/v1", "type=ref,event=tag,latest=false", "", "v1"},
        // There numbers above 2^53 change.
        {"refs/tags/9007199254740993.0", "type=pep440,pattern={{major}}", "latest=false", "9007199254740993"},
    }));
    CAPTURE(ref, tags, flavor);
    CHECK(shown(names(tags, flavor, examples::context("push", ref))) == answer);
}

TEST_CASE("what a rule cannot use is remarked and yields no tag") {
    const auto [ref, tags, remark] = GENERATE(table<std::string, std::string, std::string>({
        {"refs/tags/sometag", "type=semver,pattern={{version}}",
         "sometag is not a valid semver (https://semver.org)."},
        {"refs/tags/sometag", "type=pep440,pattern={{version}}",
         "sometag does not conform to PEP 440 (https://peps.python.org/pep-0440)."},
        {"refs/tags/sometag", "type=match,pattern=\\d", "\\d does not match sometag."},
        {"refs/tags/v1", "type=match,pattern=v,group=2",
         "Group 2 of 'type=match,pattern=v,group=2' has no part in v1."},
        {"refs/heads/\xE6\x97\xA5", "type=ref,event=branch",
         "'\xE6\x97\xA5' leaves nothing that a tag could be."},
    }));
    CAPTURE(ref, tags);
    const Result<TagNames> answer = names(tags, "", examples::context("push", ref));
    REQUIRE(answer);
    CHECK(answer->tags.empty());
    CHECK(answer->remarks == std::vector<std::string>{remark});
}

TEST_CASE("a version whose match fails is used whole, with a remark") {
    const Result<TagNames> answer = names("type=semver,pattern={{version}},match=x(\\d)", "latest=false",
                                          examples::context("push", "refs/tags/v1.2.3"));
    CHECK(shown(answer) == "1.2.3");
    CHECK(answer->remarks == std::vector<std::string>{"x(\\d) does not match v1.2.3."});
}

TEST_CASE("a tag that no registry accepts, and a value that is a mistake, are errors with their line") {
    const auto [tags, flavor, why] = GENERATE(table<std::string, std::string, std::string>({
        {"a\nb,prefix=" + std::string(130, 'x'), "", "Invalid input 'tags': line 2, 'b,prefix="},
        {"a,enable={{branch}}", "", "Invalid input 'tags': line 1, 'a,enable={{branch}}': enable is 'main'"},
        {"a,enable={{date 'Y' tz='No/Where'}}", "",
         "Invalid input 'tags': line 1, 'a,enable={{date 'Y' tz='No/Where'}}': 'No/Where' is not in the "
         "IANA"},
        {"type=semver,pattern={{version}},value=1.2", "",
         "Invalid input 'tags': line 1, 'type=semver,pattern={{version}},value=1.2': 1.2 is not a valid "
         "semver"},
        {"type=pep440,pattern={{version}},value=x", "",
         "Invalid input 'tags': line 1, 'type=pep440,pattern={{version}},value=x': x does not conform to PEP "
         "440"},
        {"type=match,pattern=(a+)+$,value=" + std::string(60, 'a') + "b", "",
         "Invalid input 'tags': line 1, 'type=match"},
        {"a", "latest={{branch}}", "Invalid input 'flavor': latest is 'main'"},
        {"a,latest=true", "prefix=" + std::string(130, 'x') + ",onlatest=true", "Invalid input 'tags'"},
    }));
    CAPTURE(tags, flavor);
    CHECK(shown(names(tags, flavor, examples::context("push", "refs/heads/main"))).starts_with(why));
}
