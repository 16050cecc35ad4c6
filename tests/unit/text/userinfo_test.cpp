#include "text/userinfo.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using pr_image::text::without_userinfo;

TEST_CASE("user and password go from an address, and nothing else does") {
    const auto [address, bare] = GENERATE(table<std::string, std::string>({
        {"https://u:p@github.com/a/b.git#main", "https://github.com/a/b.git#main"},
        {"https://token@github.com/a/b.git", "https://github.com/a/b.git"},
        {"https://u:@github.com/a/b.git", "https://github.com/a/b.git"},
        {"https://u:p@x@github.com/a", "https://github.com/a"},
        {"HTTPS://u:p@github.com/a", "HTTPS://github.com/a"},
        {"http://u:p@h", "http://h"},
        {"https://u:p@h?x=y@z", "https://h?x=y@z"},
        {"git://u:p@h/a", "git://h/a"},
        {"git+https://u:p@h/a", "git+https://h/a"},
        {"ssh://git:p@h/a", "ssh://git@h/a"},
        {"ssh://git@h/a", "ssh://git@h/a"},
        {"git@github.com:a/b.git", "git@github.com:a/b.git"},
        {"https://h/a@b", "https://h/a@b"},
        {"docker-image://alpine@sha256:1", "docker-image://alpine@sha256:1"},
        {"oci-layout:///x@sha256:1", "oci-layout:///x@sha256:1"},
        {"/workspace/a@b", "/workspace/a@b"},
        {"", ""},
    }));
    CAPTURE(address);
    CHECK(without_userinfo(address) == bare);
}
