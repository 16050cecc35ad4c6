#include "docker/credentials.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

using namespace pr_image;
using plan::RegistryLogin;
using plan::Secret;

TEST_CASE("config.json holds each login under docker's key") {
    CHECK(
        docker::config_json({{"ghcr.io", "octocat", Secret("t:k")}, {"docker.io", "u", Secret("p")}}) ==
        R"({"auths":{"ghcr.io":{"auth":"b2N0b2NhdDp0Oms="},"https://index.docker.io/v1/":{"auth":"dTpw"}}})");
    CHECK(docker::config_json({{"registry-1.docker.io", "u", Secret("p")}}) ==
          docker::config_json({{"docker.io", "u", Secret("p")}}));
    CHECK(docker::config_json({}) == R"({"auths":{}})");
}

TEST_CASE("only the named registries' logins are given out") {
    const std::vector<RegistryLogin> all{{"ghcr.io", "a", Secret("1")},
                                         {"index.docker.io", "b", Secret("2")}};
    CHECK(docker::logins_for({}, all).empty());
    REQUIRE(docker::logins_for({"docker.io"}, all).size() == 1);
    CHECK(docker::logins_for({"docker.io"}, all).front().username == "b");
    CHECK(docker::logins_for({"ghcr.io.evil.example"}, all).empty());
}

TEST_CASE("the file is private and dies with its folder") {
    std::string path;
    {
        const auto directory = process::PrivateDirectory::create("");
        REQUIRE(directory);
        REQUIRE(docker::write_config(*directory, {{"ghcr.io", "u", Secret("p")}}));
        path = directory->path() + "/config.json";
        struct stat status = {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600);
        CHECK_FALSE(docker::write_config(*directory, {}));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}
