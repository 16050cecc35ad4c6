#include "text/sha256.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples") {
    CHECK(text::sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(text::sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(text::sha256(std::string(1'000'000, 'a')).hex() ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 of pieces is that of the whole, and the next digest starts from nothing") {
    text::Sha256 hash;
    hash.update("a");
    hash.update("");
    hash.update("bc");
    CHECK(hash.finish() == text::sha256("abc"));
    hash.update("abc");
    CHECK(hash.finish() == text::sha256("abc"));
}
