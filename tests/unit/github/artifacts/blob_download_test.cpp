#include "github/artifacts/blob_download.hpp"

#include "github/artifacts/stored_artifact.hpp"
#include "text/sha256.hpp"
#include "unit/github/artifacts/fixture.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using namespace pr_image::github::artifacts;
using fakes::Fault;
using test::Fixture;
using test::sample;

namespace {

BlobDownloadOptions small_parts() {
    return {.part_size = 100'000, .in_flight = 4, .retry = Fixture::quick()};
}

struct Fetched {
    Result<Received> received;
    std::optional<Content> content;
    std::string bytes;
    int addresses = 0;
};

// Puts `content` into the store, lets `prepare` spoil something, and downloads it.
Fetched fetch(Fixture& fixture, const std::string& content, BlobDownloadOptions options = small_parts(),
              const std::string& type = "application/x-tar; charset=binary") {
    fixture.fake.with_artifacts([&](fakes::ArtifactService& artifacts) {
        if (artifacts.artifacts().empty()) artifacts.add({}, "image.tar", content, type);
    });
    StoredArtifact artifact =
        fixture.run(find_in_this_run(fixture.service(), Fixture::name())).value().value();
    Fetched fetched{.received = text::fail("", ""), .content = {}, .bytes = {}};
    Locate locate = [&fetched, inner = std::move(artifact.locate)] {
        ++fetched.addresses;
        return inner();
    };
    ContentSink sink;
    sink.begin = [&](const Content& about) -> Result<void> {
        CHECK_FALSE(fetched.content);
        fetched.content = about;
        return {};
    };
    sink.write = [&](std::string_view piece) -> boost::asio::awaitable<Result<void>> {
        fetched.bytes += piece;
        co_return Result<void>{};
    };
    fetched.received =
        fixture.run(download_blob(fixture.client, locate, artifact.digest, sink, std::move(options)));
    return fetched;
}

std::string why(const Fetched& fetched) {
    return fetched.received ? "" : to_string(fetched.received.error());
}

}  // namespace

TEST_CASE("content arrives in order, whatever its size is against the parts'") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{99'999}, std::size_t{100'000},
                                   std::size_t{100'001}, std::size_t{1'234'567}}) {
        CAPTURE(size);
        Fixture fixture;
        const std::string content = sample(size);
        const Fetched fetched = fetch(fixture, content);
        INFO(why(fetched));
        REQUIRE(fetched.received);
        CHECK((fetched.bytes == content));
        CHECK(fetched.received->digest == text::sha256(content));
        REQUIRE(fetched.content);
        CHECK(fetched.content->size == size);
        CHECK(fetched.content->type == "application/x-tar");
        CHECK_FALSE(fetched.content->zip);
        CHECK(fetched.addresses == 1);
    }
}

TEST_CASE("what the store calls a zip is one") {
    for (const std::string type :
         {"application/zip", "application/x-zip-compressed", "Application/ZIP; x=y"}) {
        CAPTURE(type);
        Fixture fixture;
        CHECK(fetch(fixture, "content", small_parts(), type).content->zip);
    }
}

TEST_CASE("a download goes on where it was cut") {
    Fixture fixture;
    const std::string content = sample(1'000'000);
    fixture.fake.add_fault(
        {.kind = Fault::Kind::cut_answer, .method = "GET", .target = "/blobs/", .times = 6, .bytes = 60'000});
    const Fetched fetched = fetch(fixture, content);
    INFO(why(fetched));
    REQUIRE(fetched.received);
    CHECK((fetched.bytes == content));
    std::size_t from_the_middle = 0;
    for (const fakes::Seen& request : fixture.fake.requests()) {
        const std::string range = request.header("Range");
        if (!range.empty() && range.find("00000-") == std::string::npos && range != "bytes=0-99999")
            ++from_the_middle;
    }
    CHECK(from_the_middle >= 3);
}

TEST_CASE("a store that fails for a moment is asked again") {
    const std::vector<Fault> faults{
        {.kind = Fault::Kind::status, .target = "/blobs/", .times = 3, .status = 503},
        {.kind = Fault::Kind::status,
         .target = "/blobs/",
         .skip = 4,
         .times = 2,
         .status = 429,
         .retry_after = "0"},
        {.kind = Fault::Kind::lost_answer, .target = "/blobs/", .skip = 2, .times = 2},
        {.kind = Fault::Kind::status, .target = "GetSignedArtifactURL", .status = 500},
    };
    for (std::size_t i = 0; i < faults.size(); ++i) {
        CAPTURE(i);
        Fixture fixture;
        fixture.fake.add_fault(faults[i]);
        const std::string content = sample(500'000);
        const Fetched fetched = fetch(fixture, content);
        INFO(why(fetched));
        REQUIRE(fetched.received);
        CHECK((fetched.bytes == content));
    }
}

TEST_CASE("an address that expires in the middle is replaced by a new one") {
    Fixture fixture;
    fixture.fake.add_fault(
        {.kind = Fault::Kind::expired_address, .target = "/blobs/", .skip = 3, .times = 2});
    const std::string content = sample(1'000'000);
    const Fetched fetched = fetch(fixture, content);
    INFO(why(fetched));
    REQUIRE(fetched.received);
    CHECK((fetched.bytes == content));
    CHECK(fetched.addresses >= 2);
    CHECK(fetched.addresses <= 3);
}

TEST_CASE("a store that refuses every address ends the download with one reason, and no signature in it") {
    Fixture fixture;
    fixture.fake.add_fault(
        {.kind = Fault::Kind::expired_address, .target = "/blobs/", .skip = 2, .times = -1});
    const Fetched fetched = fetch(fixture, sample(1'000'000));
    REQUIRE_FALSE(fetched.received);
    CHECK_THAT(why(fetched), Catch::Matchers::ContainsSubstring("status 403 to each of the addresses"));
    REQUIRE_FALSE(fixture.masked.empty());
    for (const std::string& secret : fixture.masked)
        CHECK(why(fetched).find(secret) == std::string::npos);
}

TEST_CASE("a store that knows no ranges is read in one go") {
    Fixture fixture;
    fixture.fake.add_fault({.kind = Fault::Kind::ignore_range, .target = "/blobs/", .times = -1});
    const std::string content = sample(1'000'000);
    const Fetched fetched = fetch(fixture, content);
    INFO(why(fetched));
    REQUIRE(fetched.received);
    CHECK((fetched.bytes == content));
    CHECK(fetched.content->size == 1'000'000);
}

TEST_CASE("one flipped byte is found, and the last piece is never handed on") {
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{450'000}, std::uint64_t{999'999}}) {
        for (const bool ranges : {true, false}) {
            CAPTURE(offset, ranges);
            Fixture fixture;
            std::uint64_t id = 0;
            fixture.fake.with_artifacts([&](fakes::ArtifactService& artifacts) {
                id = artifacts.add({}, "image.tar", sample(1'000'000), "application/x-tar");
            });
            fixture.fake.flip_byte(id, offset);
            if (!ranges) fixture.fake.add_fault({.kind = Fault::Kind::ignore_range, .times = -1});
            const Fetched fetched = fetch(fixture, "");
            REQUIRE_FALSE(fetched.received);
            CHECK(fetched.received.error().what == "The artifact is damaged");
            CHECK(fetched.bytes.size() < 1'000'000);
        }
    }
}

TEST_CASE("content that changes while it is read is refused") {
    Fixture fixture;
    int asked = 0;
    fakes::HttpServer server([&](const fakes::Seen&) {
        const bool first = asked++ == 0;
        return fakes::Reply{
            .status = 206,
            .headers = {{"Content-Range", first ? "bytes 0-99999/300000" : "bytes 100000-199999/300001"}},
            .body = std::string(100'000, 'x')};
    });
    Locate locate = [&]() -> boost::asio::awaitable<Result<http::Url>> {
        co_return http::Url::parse(server.url());
    };
    ContentSink sink{.begin = {}, .write = [](std::string_view) -> boost::asio::awaitable<Result<void>> {
                         co_return Result<void>{};
                     }};
    BlobDownloadOptions options = small_parts();
    options.in_flight = 1;
    const auto received = fixture.run(download_blob(fixture.client, locate, std::nullopt, sink, options));
    REQUIRE_FALSE(received);
    CHECK_THAT(received.error().why, Catch::Matchers::ContainsSubstring("replaced or removed"));
}

TEST_CASE("a store's answer that is not what was asked for is refused") {
    struct Row {
        fakes::Reply reply;
        std::string why;
    };
    const std::vector<Row> rows{
        {{.status = 206, .headers = {{"Content-Range", "bytes 5-9/10"}}, .body = "12345"}, "another range"},
        {{.status = 206, .body = "12345"}, "another range"},
        {{.status = 206, .headers = {{"Content-Range", "bytes 0-4/3"}}, .body = "12345"}, "another range"},
        {{.status = 206, .headers = {{"Content-Range", "bytes 0-4/5"}}, .body = "123456789"}, "more than"},
        {{.status = 206, .headers = {{"Content-Range", "bytes 0-4/5"}}, .body = ""}, "no content"},
        {{.status = 404}, "no longer in the artifact store"},
        {{.status = 410}, "no longer in the artifact store"},
        {{.status = 412}, "replaced or removed"},
        {{.status = 416}, "empty"},
        {{.status = 418}, "status 418"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why, row.reply.status);
        Fixture fixture;
        fakes::HttpServer server([&](const fakes::Seen&) { return row.reply; });
        Locate locate = [&]() -> boost::asio::awaitable<Result<http::Url>> {
            co_return http::Url::parse(server.url());
        };
        ContentSink sink{.begin = {}, .write = [](std::string_view) -> boost::asio::awaitable<Result<void>> {
                             co_return Result<void>{};
                         }};
        const auto received =
            fixture.run(download_blob(fixture.client, locate, std::nullopt, sink, small_parts()));
        REQUIRE_FALSE(received);
        CHECK_THAT(received.error().why, Catch::Matchers::ContainsSubstring(row.why));
    }
}

TEST_CASE("what the sink refuses ends the download with the sink's own words") {
    for (const bool at_begin : {true, false}) {
        CAPTURE(at_begin);
        Fixture fixture;
        fixture.fake.with_artifacts([&](fakes::ArtifactService& artifacts) {
            artifacts.add({}, "image.tar", sample(1'000'000), "application/x-tar");
        });
        const StoredArtifact artifact =
            fixture.run(find_in_this_run(fixture.service(), Fixture::name())).value().value();
        ContentSink sink;
        if (at_begin)
            sink.begin = [](const Content&) -> Result<void> { return text::fail("No room", "full"); };
        sink.write = [](std::string_view) -> boost::asio::awaitable<Result<void>> {
            co_return text::fail("No room", "full");
        };
        const auto received =
            fixture.run(download_blob(fixture.client, artifact.locate, artifact.digest, sink, small_parts()));
        REQUIRE_FALSE(received);
        CHECK(received.error().what == "No room");
    }
}
