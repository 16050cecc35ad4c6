#include "process/disk_room.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cerrno>

using namespace pr_image;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a disk without room for what is to come is an error that says how much is there") {
    CHECK(process::require_room("/tmp", 0));
    const Result<void> room = process::require_room("/tmp", std::uint64_t{1} << 62U);
    REQUIRE_FALSE(room);
    CHECK_THAT(room.error().what, ContainsSubstring("No room for '/tmp'"));
    CHECK_THAT(room.error().why, ContainsSubstring("MiB"));
    CHECK(process::require_room("/nonexistent", std::uint64_t{1} << 62U));
}

TEST_CASE("a write that failed says what to do about a full disk, and only about that") {
    for (const int full : {ENOSPC, EDQUOT, EFBIG})
        CHECK_THAT(process::write_failed("/x", full).error().fix, ContainsSubstring("Free some disk space"));
    CHECK(process::write_failed("/x", EIO).error().fix.empty());
    CHECK_THAT(process::write_failed("/x", EIO).error().what, ContainsSubstring("'/x' cannot be written"));
}
