#include "plan/build/cache_list.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;
using Strings = std::vector<std::string>;

namespace {

/// What buildx gets, or the error's fix.
Strings read(std::string_view entry, CacheDirection direction) {
    const auto caches = parse_cache(entry, direction, kPaths);
    return caches ? texts(*caches) : Strings{"refused", caches.error().fix};
}

}  // namespace

TEST_CASE("a cache entry means the same however it is spelled") {
    const auto [entry, written] = GENERATE(table<std::string, Strings>({
        {"type=gha,scope=x", {"type=gha,scope=x"}},
        {"Type=gha,SCOPE=x", {"type=gha,scope=x"}},
        {"scope=x,type=gha", {"type=gha,scope=x"}},
        {"\"type=gha\",\"scope=a,b\"", {"type=gha,\"scope=a,b\""}},
        {"type=s3,type=gha,scope=x,scope=y", {"type=gha,scope=y"}},
        {"type=gha,mode=max,ignore-error=T", {"type=gha,mode=max,ignore-error=true"}},
        {"type=gha,mode=,ignore-error=", {"type=gha"}},
        {"acme/app:cache", {"type=registry,ref=acme/app:cache"}},
        {"a,\"b:c\"", {"type=registry,ref=a", "type=registry,ref=b:c"}},
        {"TYPE=registry,Ref=GHCR.io/Acme/App:Cache", {"type=registry,ref=ghcr.io/acme/app:Cache"}},
        {"type=local,dest=out,src=in", {"type=local,dest=" + kWorkspace + "/out"}},
        {"type=local,DEST=/github/workspace/a,tag=b", {"type=local,dest=" + kWorkspace + "/a,tag=b"}},
        {"type=inline", {"type=inline"}},
        {"type=s3,bucket=x,use_path_style=1,unheard_of=y",
         {"type=s3,bucket=x,use_path_style=true,unheard_of=y"}},
        {"type=azblob,account_url=https://x", {"type=azblob,account_url=https://x"}},
        {"type=gha,timeout=5m", {"type=gha,timeout=5m"}},
    }));
    CAPTURE(entry);
    CHECK(read(entry, CacheDirection::to) == written);
}

TEST_CASE("what is written back is read as the same cache") {
    const std::string entry = GENERATE("type=gha,scope=x,mode=max", "a/b:c", "type=local,src=in,dest=out",
                                       "type=s3,\"name=a,\"\"b\"\"\"");
    const CacheDirection direction = GENERATE(CacheDirection::from, CacheDirection::to);
    CAPTURE(entry);
    const CacheEntry cache = parse_cache(entry, direction, kPaths).value().front();
    CHECK(parse_cache(cache.text(), direction, kPaths).value() == std::vector{cache});
}

TEST_CASE("a cache that buildx or BuildKit would refuse or ignore is refused, with what was meant") {
    const auto [entry, fix] = GENERATE(table<std::string, std::string>({
        {"type=gah", "type=gha"},
        {"type= gha", "type=gha"},
        {"type=GHA", "type=gha"},
        {"type=regsitry,ref=a", "type=registry"},
        {"type=github", "registry, gha, local, inline, s3, azblob"},
        {"type=", "type=registry"},
        {"scope=x", "type=registry"},
        {" type=gha", "type=registry"},
        {"gha", "type=gha"},
        {"GHA", "type=gha"},
        {"gah", "type=gha"},
        {"inline", "type=inline"},
        {"a,gha", "type=gha"},
        {"type=gha,mode=maxx", "mode=max"},
        {"type=gha,mode=MAX", "mode=max"},
        {"type=gha, mode=max", "mode"},
        {"type=gha,moed=max", "mode"},
        {"type=gha,scop=x", "scope"},
        {"type=gha,ignore-error=yes", "ignore-error=true"},
        {"type=gha,timeout=5", "90s"},
        {"type=gha,", "quotes"},
        {"type=gha,scope", "quotes"},
        {"type=gha,sc\"ope=x", "quotes"},
        {"\"type=gha", "quotes"},
        {"type=registry", "ref="},
        {"type=registry,ref=", "ref="},
        {"type=registry, ref=a", "ref"},
        {"type=registry,ref= a", ""},
        {"type=registry,ref=a:b c", ""},
        {"a,", ""},
        {"type=local", "path"},
        {"type=local,dest=/tmp/x", "${{ runner.temp }}/x"},
        {"type=local,dest=~/.cache/x", "${{ runner.temp }}/x"},
        {"type=local,dest=.", "folder of its own"},
        {"type=local,dest=a/.git/x", ""},
        {"type=local,Dest=../x", ""},
        {"type=local,dest=out,reset=maybe", "reset=true"},
        {"type=s3,retry_mode=fast", "standard, adaptive"},
        {"type=gha,compression=gzipp", "compression=gzip"},
    }));
    CAPTURE(entry);
    const Strings refused = read(entry, CacheDirection::to);
    CHECK(refused.front() == "refused");
    CHECK(refused.back().contains(fix));
}

TEST_CASE("a local cache is read from src and written to dest") {
    CHECK(read("type=local,src=in", CacheDirection::from) == Strings{"type=local,src=" + kWorkspace + "/in"});
    CHECK(read("type=local,dest=in", CacheDirection::from).front() == "refused");
    CHECK(read("type=local,src=in", CacheDirection::to).front() == "refused");
    CHECK(read("type=local,src=/etc", CacheDirection::from).front() == "refused");
    CHECK(read("type=local,src=.git", CacheDirection::from).front() == "refused");
    CHECK(cache("type=local,src=in").path->use() == PathUse::cache);
    CHECK(cache_to("type=local,dest=in").path->use() == PathUse::output_layout);
}

TEST_CASE("an inline cache is read from the image that it is in") {
    CHECK(read("type=inline", CacheDirection::from).back().contains("type=registry,ref="));
}

TEST_CASE("the credentials of a cache are shown to nobody") {
    const CacheEntry cache =
        cache_to("type=s3,bucket=x,access_key_id=A,secret_access_key=B,session_token=C,region=y");
    CHECK(cache.shown() ==
          "type=s3,bucket=x,access_key_id=***,secret_access_key=***,session_token=***,region=y");
    CHECK(cache_to("type=gha,token=A,ghtoken=B").shown() == "type=gha,token=***,ghtoken=***");
    CHECK(cache.text().contains("secret_access_key=B"));
    const auto refused = parse_cache("type=s3,secret_access_key=hunter2,bad", CacheDirection::to, kPaths);
    REQUIRE_FALSE(refused);
    CHECK_FALSE(text::to_string(refused.error()).contains("hunter2"));
}
