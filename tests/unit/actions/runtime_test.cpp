#include "actions/runtime.hpp"

#include "support.hpp"
#include "text/base64.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using actions::read_runtime;
using test::environment;

namespace {

std::string token_with(const std::string& permission) {
    const std::string claims =
        R"({"exp":1,"ac":"[{\"Scope\":\"refs/heads/x\",\"Permission\":)" + permission + R"(}]"})";
    return "h." + text::base64url_encode(claims) + ".s";
}

}  // namespace

TEST_CASE("the runner's services are read with their defaults") {
    const actions::Runtime runtime = read_runtime(environment({}));
    CHECK(runtime.api_url == "https://api.github.com");
    CHECK(runtime.temp_directory == "/tmp");
    CHECK(runtime.results_url.empty());
    CHECK(read_runtime(environment({{"GITHUB_API_URL", "https://ghe/api/v3/"}})).api_url ==
          "https://ghe/api/v3");
}

TEST_CASE("the cache is used as its mode and its token allow") {
    struct Row {
        std::string mode, token;
        bool readable, writable;
    };
    const std::vector<Row> rows{
        {"", "opaque", true, true},
        {"read", "opaque", true, false},
        {"write", "opaque", true, true},
        {"write-only", "opaque", false, true},
        {"none", "opaque", false, false},
        {"something-new", "opaque", false, false},
        {"", token_with("1"), true, false},
        {"", token_with("3"), true, true},
        {"write", token_with("1"), true, false},
        {"read", token_with("3"), true, false},
        {"", token_with("\\\"x\\\""), false, false},
        {"", "a.!!.c", true, true},
        {"", "", false, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.mode, row.token);
        const auto facts =
            actions::cache_service(read_runtime(environment({{"ACTIONS_RESULTS_URL", "https://r/"},
                                                             {"ACTIONS_RUNTIME_TOKEN", row.token},
                                                             {"ACTIONS_CACHE_MODE", row.mode}})));
        CHECK(facts.readable == row.readable);
        CHECK(facts.writable == row.writable);
    }
    CHECK_FALSE(actions::cache_service(read_runtime(environment({{"ACTIONS_RUNTIME_TOKEN", "t"}}))).readable);
}

TEST_CASE("the token says which refs' caches it may write") {
    const auto writes = [](const std::string& token) {
        return actions::cache_service(read_runtime(environment({{"ACTIONS_RESULTS_URL", "https://r/"},
                                                                {"ACTIONS_RUNTIME_TOKEN", token}})))
            .writes;
    };
    CHECK(writes(token_with("1")) == std::vector<std::string>{});
    CHECK(writes(token_with("2")) == std::vector<std::string>{"refs/heads/x"});
    CHECK(writes(token_with("3")) == std::vector<std::string>{"refs/heads/x"});
    CHECK_FALSE(writes("opaque"));
}

TEST_CASE("buildx gets the second version of the cache service, or nothing at all") {
    CHECK(actions::cache_service_environment(
              read_runtime(environment({{"ACTIONS_RESULTS_URL", "https://r/"},
                                        {"ACTIONS_RUNTIME_TOKEN", "t"},
                                        {"ACTIONS_CACHE_URL", "https://c/"}}))) ==
          std::vector<std::string>{"ACTIONS_RESULTS_URL=https://r/", "ACTIONS_RUNTIME_TOKEN=t",
                                   "ACTIONS_CACHE_SERVICE_V2=true", "ACTIONS_CACHE_URL=https://c/"});
    CHECK(actions::cache_service_environment(read_runtime(environment({{"ACTIONS_RUNTIME_TOKEN", "t"}})))
              .empty());
}
