#include "plan/names/metadata/tag_names.hpp"
#include "unit/plan/names/metadata/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan::metadata;
using examples::names;
using examples::shown;

// Every answer below was also given by docker/metadata-action 6 for the same inputs.
TEST_CASE("versions and patterns yield docker/metadata-action's tags in its order") {
    const auto [event, ref, tags, flavor,
                answer] = GENERATE(table<std::string, std::string, std::string, std::string, std::string>({

        // semver
        {"push", "refs/tags/v1.1.1",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", "1.1.1 1.1 1 latest"},
        {"push", "refs/tags/1.2.3",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", "1.2.3 1.2 1 latest"},
        {"push", "refs/tags/v2.0.8-beta.67",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", "2.0.8-beta.67"},
        {"push", "refs/tags/v0.1.2",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", "0.1.2 0.1 0 latest"},
        {"push", "refs/tags/v1.2.3+build.5",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", "1.2.3 1.2 1 latest"},
        {"push", "refs/tags/1.2.3-rc.1+b",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", "1.2.3-rc.1"},
        {"push", "refs/tags/sometag",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v1.2",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v01.2.3",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v1.2.3-01",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/V1.2.3",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/=1.2.3",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v9007199254740993.0.0",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v1.2.3-",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/1.2.3.4",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v1.1.1",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}.{{patch}}", "",
         "1.1.1 latest"},
        {"push", "refs/tags/v1.2.3", "type=semver,pattern={{raw}}", "", "v1.2.3 latest"},
        {"push", "refs/tags/v1.2.3",
         "type=semver,pattern=v{{major}}\ntype=semver,pattern={{minor}}\ntype=semver,pattern={{patch}}", "",
         "v1 2 3 latest"},
        {"push", "refs/tags/v2.0.8-beta.67", "type=semver,pattern={{raw}}", "", "v2.0.8-beta.67"},
        {"push", "refs/tags/v2.0.8-beta.67", "type=semver,pattern={{ raw }}", "", "v2.0.8-beta.67"},
        {"push", "refs/tags/v2.0.8-beta.67", "type=semver,pattern=x{{raw}}", "", "2.0.8-beta.67"},
        {"push", "refs/tags/v2.0.8-beta.67", "type=semver,pattern={{major}}\ntype=semver,pattern={{raw}}", "",
         "2.0.8-beta.67 v2.0.8-beta.67"},
        {"push", "refs/tags/p1/v1.0.0", R"(type=semver,pattern={{version}},"match=v(\d.\d.\d)$")", "",
         "1.0.0 latest"},
        {"push", "refs/tags/p1/v1.0.0", "type=semver,pattern={{version}}", "", ""},
        {"push", "refs/tags/p1/v1.0.0", R"(type=semver,pattern={{version}},match=x(\d+))", "", ""},
        {"push", "refs/heads/main",
         "type=semver,pattern={{version}},value=p1/v1.2.3,\"match=v(\\d.\\d.\\d)$\"\ntype=edge", "",
         "1.2.3 edge latest"},
        {"push", "refs/heads/main", "type=semver,pattern={{major}}.{{minor}},value=v3.4.5", "", "3.4 latest"},
        {"push", "refs/heads/main", "type=semver,pattern={{version}},value=v3.4.5-rc.1", "", "3.4.5-rc.1"},
        {"push", "refs/heads/main",
         "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v1.2.3", "type=semver,pattern={{version}},value={{tag}}", "", "1.2.3 latest"},
        {"push", "refs/tags/v1.2.3", "type=semver,pattern={{version}},value=", "", "1.2.3 latest"},
        {"push", "refs/tags/v1.2.3",
         "type=semver,pattern={{version}},enable=false\ntype=semver,pattern={{major}}", "", "1 latest"},
        {"push", "refs/tags/sometag",
         "type=ref,event=tag\ntype=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype="
         "semver,pattern={{major}}",
         "latest=false", "sometag"},

        // pep440
        {"push", "refs/tags/1.2",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.2 1 latest"},
        {"push", "refs/tags/v1.1.1",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.1.1 1.1 1 latest"},
        {"push", "refs/tags/1.2.3rc2",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.2.3rc2"},
        {"push", "refs/tags/1.1beta2",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.1b2"},
        {"push", "refs/tags/1.0dev4",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0.dev4"},
        {"push", "refs/tags/1.2post1",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.2.post1"},
        {"push", "refs/tags/1.2.3.post2.dev3",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.2.3.post2.dev3"},
        {"push", "refs/tags/1!2.0",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1-2.0 2.0 2 latest"},
        {"push", "refs/tags/2020.01",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "2020.1 2020 latest"},
        {"push", "refs/tags/1.0-1",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0.post1"},
        {"push", "refs/tags/1.0.0c2.dev",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0.0rc2.dev0"},
        {"push", "refs/tags/1.0a--1",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0a0.post1"},
        {"push", "refs/tags/1.0+ubuntu.1",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0-ubuntu-1 1.0 1 latest"},
        {"push", "refs/tags/1.0PREVIEW_3",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0rc3"},
        {"push", "refs/tags/1.0-r4",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1.0.post4"},
        {"push", "refs/tags/sometag",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/v1.0..2",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", ""},
        {"push", "refs/tags/1",
         "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{"
         "major}}",
         "", "1 1.0 latest"},
        {"push", "refs/tags/v1.2.3rc2",
         "type=pep440,pattern={{raw}}\ntype=pep440,pattern={{major}}.{{minor}}", "", "v1.2.3rc2 1.2.3rc2"},
        {"push", "refs/tags/v1.1.1",
         "type=pep440,pattern={{raw}}\ntype=pep440,pattern={{major}}.{{minor}}.{{patch}}", "",
         "v1.1.1 1.1.1 latest"},
        {"push", "refs/tags/1.2", "type=pep440,pattern=v{{major}}.{{minor}}.{{patch}}", "", "v1.2.0 latest"},
        {"push", "refs/heads/main", R"(type=pep440,pattern={{version}},value=p1/v1.2.3,"match=v(\d.\d.\d)$")",
         "", "1.2.3 latest"},
        {"push", "refs/tags/sometag",
         "type=ref,event=tag\ntype=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype="
         "pep440,pattern={{major}}",
         "latest=false", "sometag"},

        // match
        {"push", "refs/tags/20200110-RC2", R"(type=match,"pattern=\d{8}")", "", "20200110 latest"},
        {"push", "refs/tags/20200110-RC2", "type=match,pattern=(.*)-RC,group=1", "latest=false", "20200110"},
        {"push", "refs/tags/v1.1.1", R"(type=match,"pattern=\d.\d.\d")", "", "1.1.1 latest"},
        {"push", "refs/tags/v1.1.1", R"(type=match,"pattern=^v(\d.\d.\d)$",group=1)", "", "1.1.1 latest"},
        {"push", "refs/tags/v2.0.8-beta.67", R"(type=match,pattern=\d.\d.\d-(alpha|beta).\d+)", "",
         "2.0.8-beta.67 latest"},
        {"push", "refs/tags/v2.0.8-beta.67", R"(type=match,pattern=\d.\d)", "", "2.0 latest"},
        {"push", "refs/tags/v2.0.8-beta.67",
         "type=match,pattern=v(.*)-beta.(.*),group=1\ntype=match,pattern=v(.*)-beta.(.*),group=2", "",
         "2.0.8 67 latest"},
        {"push", "refs/tags/sometag", R"(type=match,pattern=\d.\d)", "", ""},
        {"push", "refs/tags/p1/v1.0.0",
         "type=match,\"pattern=/^v(\\d.\\d.\\d)$/"
         "ig\",group=1\ntype=match,pattern=\\d.\\d.\\d\ntype=match,pattern=\\d.\\d",
         "", "1.0.0 1.0 latest"},
        {"push", "refs/tags/p1/v1.0.0",
         "type=match,pattern=p1/v(\\d.\\d.\\d),group=1\ntype=match,pattern=p1/v(\\d.\\d),group=3", "",
         "1.0.0 latest"},
        {"push", "refs/tags/V1.2", R"(type=match,pattern=/^v(\d)/i,group=1)", "", "1 latest"},
        {"push", "refs/tags/v1.2.3", R"(type=match,pattern=/\d/g,group=2)", "", "3 latest"},
        {"push", "refs/tags/v1.2.3", "type=match,pattern=(x)?v,group=1", "", ""},
        {"push", "refs/tags/v1.2.3", R"(type=match,pattern=(?<=v)\d+(?=\.2))", "", "1 latest"},
        {"push", "refs/tags/v1.2.3", R"(type=match,pattern=(?<major>\d+),group=1)", "", "1 latest"},
        {"push", "refs/tags/größe-1", R"(type=match,pattern=/^\p{L}+-(\d)/u,group=1)", "", "1 latest"},
        {"push", "refs/tags/v1.2.3", "type=match,pattern=^(?!v2).*$", "", "v1.2.3 latest"},
        {"push", "refs/heads/main", "type=match,pattern=v(.*),group=1,value=v1.0.0", "", "1.0.0 latest"},
        {"push", "refs/heads/main", "type=match,pattern=v(.*),group=1", "", ""},
        {"push", "refs/heads/release/4.5", "type=match,pattern=release/(.*),group=1,value={{branch}}", "",
         "4.5 latest"},
    }));
    CAPTURE(event, ref, tags, flavor);
    CHECK(shown(names(tags, flavor, examples::context(event, ref))) == answer);
}
