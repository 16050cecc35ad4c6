#include "plan/build/known_secrets.hpp"

#include "text/base64.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

KnownSecrets known(const InputMap& raw, const InputMap& environment = {}) {
    const Inputs given = inputs(raw, environment);
    return {given.credentials, given.build.secrets};
}

}  // namespace

TEST_CASE("every secret that the step is given is known") {
    const auto [raw, environment] = GENERATE(table<InputMap, InputMap>({
        {{{"token", "hush-hush-hush"}}, {}},
        {{{"github-token", "hush-hush-hush"}}, {}},
        {{{"username", "u"}, {"password", "hush-hush-hush"}}, {}},
        {{{"registry-auth", "registry=docker.io,username=u,password=hush-hush-hush"}}, {}},
        {{{"registry-auth",
           "registry=quay.io,username=u,password=x\n"
           "registry=docker.io,username=u,password=hush-hush-hush"}},
         {}},
        {{{"secrets", "npm=hush-hush-hush"}}, {}},
        {{{"secrets", "a=b\nnpm=hush-hush-hush"}}, {}},
        {{{"secret-envs", "npm=NPM"}}, {{"NPM", "hush-hush-hush"}}},
    }));
    CAPTURE(raw);
    CHECK(known(raw, environment).in("A=hush-hush-hush"));
    CHECK_FALSE(known({}).in("A=hush-hush-hush"));
}

TEST_CASE("a secret is known in the forms in which it is put into arguments and addresses") {
    const std::string secret = "p@ss w0rd/1";
    const KnownSecrets secrets = known({{"secrets", "npm=" + secret}});
    CHECK(secrets.in(secret));
    CHECK(secrets.in("NPM=" + secret));
    CHECK(secrets.in("https://x:" + secret + "@example.com"));
    CHECK(secrets.in("https://x:p%40ss%20w0rd%2F1@example.com"));
    CHECK(secrets.in("AUTH=" + text::base64_encode("user:" + secret)));
    CHECK(secrets.in("AUTH=" + text::base64_encode(secret)));
    CHECK(secrets.in("before" + secret + "after"));
    CHECK_FALSE(secrets.in("p@ss"));
    CHECK_FALSE(secrets.in(""));
}

TEST_CASE("a line of a key is as secret as the whole") {
    const KnownSecrets secrets = known({{"secrets", "\"key=-----BEGIN-----\nfirst-line\nsecond-line\""}});
    CHECK(secrets.in("A=second-line"));
    CHECK(secrets.in("A=first-line"));
}

TEST_CASE("a short secret is found as a word, and the shortest not at all") {
    const KnownSecrets secrets = known({{"secrets", "a=test\nb=yes"}});
    CHECK(secrets.in("A=test"));
    CHECK(secrets.in("https://test@example.com"));
    CHECK_FALSE(secrets.in("A=latest"));
    CHECK_FALSE(secrets.in("A=tested"));
    CHECK_FALSE(secrets.in("A=yes"));
}
