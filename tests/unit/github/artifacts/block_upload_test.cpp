#include "github/artifacts/block_upload.hpp"

#include "text/sha256.hpp"
#include "unit/github/artifacts/fixture.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::github::artifacts;
using fakes::Fault;
using test::Fixture;
using test::sample;

namespace {

BlockUploadOptions small_blocks() {
    return {.content_type = "application/x-tar",
            .block_size = 100'000,
            .in_flight = 4,
            .retry = Fixture::quick()};
}

// Sends `content` to a new address; gives what the store then holds, "" when nothing.
struct Stored {
    Result<Sent> sent;
    std::string content;
};

Stored upload(Fixture& fixture, const std::string& content, BlockUploadOptions options = small_blocks()) {
    fixture.folder.write("image.tar", content);
    ResultsService service = fixture.service();
    const http::Url url =
        fixture.run(service.create(Fixture::name(), "application/x-tar", std::nullopt)).value();
    Stored stored{
        fixture.run(upload_blocks(fixture.client, url, fixture.folder.path("image.tar"), std::move(options))),
        {}};
    if (!stored.sent) return stored;
    CHECK(fixture.run(service.finalize(Fixture::name(), stored.sent->size, stored.sent->digest)));
    const http::Url read = fixture.run(service.locate(Fixture::name(), service.scope())).value();
    stored.content = fixture.run(fixture.client.send({.url = read})).value().body;
    return stored;
}

std::size_t blocks_sent(const Fixture& fixture) {
    std::size_t count = 0;
    for (const fakes::Seen& request : fixture.fake.requests())
        if (request.target.find("comp=block&") != std::string::npos) ++count;
    return count;
}

}  // namespace

TEST_CASE("a file arrives as it is, whatever its size is against the blocks'") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{99'999}, std::size_t{100'000},
                                   std::size_t{100'001}, std::size_t{1'234'567}}) {
        CAPTURE(size);
        Fixture fixture;
        const std::string content = sample(size);
        const Stored stored = upload(fixture, content);
        REQUIRE(stored.sent);
        CHECK(stored.sent->size == size);
        CHECK(stored.sent->digest == text::sha256(content));
        CHECK((stored.content == content));
        CHECK(blocks_sent(fixture) == (size + 99'999) / 100'000);
    }
}

TEST_CASE("an upload tells how far it is, up to the end") {
    Fixture fixture;
    std::vector<std::uint64_t> told;
    BlockUploadOptions options = small_blocks();
    options.progress = [&](std::uint64_t sent, std::uint64_t size) {
        CHECK(size == 250'000);
        told.push_back(sent);
    };
    REQUIRE(upload(fixture, sample(250'000), options).sent);
    REQUIRE(told.size() == 3);
    CHECK(told.back() == 250'000);
}

TEST_CASE("a block that fails is sent again, alone") {
    const std::vector<Fault> faults{
        {.kind = Fault::Kind::status, .method = "PUT", .target = "comp=block&", .skip = 2, .status = 500},
        {.kind = Fault::Kind::status,
         .method = "PUT",
         .target = "comp=block&",
         .skip = 1,
         .times = 3,
         .status = 503},
        {.kind = Fault::Kind::cut_request, .method = "PUT", .target = "comp=block&", .skip = 3},
        {.kind = Fault::Kind::lost_answer, .method = "PUT", .target = "comp=block&", .skip = 4},
        {.kind = Fault::Kind::lost_answer, .method = "PUT", .target = "comp=blocklist"},
    };
    for (std::size_t i = 0; i < faults.size(); ++i) {
        CAPTURE(i);
        Fixture fixture;
        fixture.fake.add_fault(faults[i]);
        const std::string content = sample(1'000'000);
        const Stored stored = upload(fixture, content);
        INFO((stored.sent ? "" : stored.sent.error().why));
        REQUIRE(stored.sent);
        CHECK((stored.content == content));
        CHECK(blocks_sent(fixture) <= 10 + 3);
    }
}

TEST_CASE("a store that keeps failing or refusing ends the upload with one reason") {
    struct Row {
        Fault fault;
        std::string why, fix;
    };
    const std::vector<Row> rows{
        {{.kind = Fault::Kind::status, .target = "comp=block&", .skip = 3, .times = -1, .status = 503},
         "status 503",
         "Wait a moment"},
        {{.kind = Fault::Kind::expired_address, .target = "comp=block&", .skip = 3, .times = -1},
         "AuthenticationFailed",
         "limited time"},
        {{.kind = Fault::Kind::status, .target = "comp=blocklist", .times = -1, .status = 400},
         "status 400",
         ""},
        {{.kind = Fault::Kind::cut_request, .target = "comp=block&", .times = -1}, "", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why);
        Fixture fixture;
        fixture.fake.add_fault(row.fault);
        const Stored stored = upload(fixture, sample(1'000'000));
        REQUIRE_FALSE(stored.sent);
        CHECK(stored.sent.error().what == "The artifact cannot be uploaded");
        CHECK_THAT(stored.sent.error().why, Catch::Matchers::ContainsSubstring(row.why));
        CHECK_THAT(stored.sent.error().fix, Catch::Matchers::ContainsSubstring(row.fix));
        for (const std::string& secret : fixture.masked)
            CHECK(to_string(stored.sent.error()).find(secret) == std::string::npos);
    }
}

TEST_CASE("a file that cannot be sent is an error before anything is sent") {
    Fixture fixture;
    fixture.folder.write("empty", "");
    const http::Url url = http::Url::parse(fixture.fake.url()).value();
    struct Row {
        std::string path, why;
    };
    const std::vector<Row> rows{
        {fixture.folder.path("none"), "No such file"},
        {fixture.folder.path("empty"), "empty"},
        {fixture.folder.path(), "not a regular file"},
    };
    for (const Row& row : rows) {
        const auto sent = fixture.run(upload_blocks(fixture.client, url, row.path, small_blocks()));
        REQUIRE_FALSE(sent);
        CHECK_THAT(sent.error().why, Catch::Matchers::ContainsSubstring(row.why));
    }
    CHECK(fixture.fake.requests().empty());
}
