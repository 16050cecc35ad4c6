#include "docker/image_archive.hpp"

#include "support/image_archive.hpp"
#include "support/simple_tar.hpp"
#include "text/sha256.hpp"
#include "unit/docker/read_archive.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace pr_image;
using Catch::Matchers::ContainsSubstring;
using support::ImageArchive;
using support::SimpleTar;
using support::TarWriter;
using test::kImageName;
using test::read_archive;
using test::why_refused;

namespace {

std::set<std::string> files_in(const std::string& folder) {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_directory()) files.insert(std::filesystem::relative(entry.path(), folder).string());
    }
    return files;
}

}  // namespace

TEST_CASE("an image archive reads the same in pieces of any size") {
    const ImageArchive archive(kImageName, R"({"a":"1"})");
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{511}, std::size_t{513}, std::size_t{1'000'000}}) {
        CAPTURE(piece);
        const test::Folder folder;
        const auto image = read_archive(folder, archive.tar(), piece);
        INFO((image ? "" : to_string(image.error())));
        REQUIRE(image);
        const docker::ImageContent& content = image->content();
        CHECK(content.target.digest == text::sha256(archive.manifest));
        CHECK(content.media_type == ImageArchive::kManifest);
        CHECK(content.config.digest == text::sha256(archive.config));
        CHECK(content.os == "linux");
        CHECK(content.architecture == "amd64");
        CHECK(content.labels == std::map<std::string, std::string>{{"a", "1"}});
        CHECK(content.names == std::vector{Reference::parse(kImageName).value()});
        CHECK(content.layers.size() == 1);
        CHECK(content.blobs.size() == 3);
    }
}

TEST_CASE("what is sent on is an archive of this program's own, about that image and without a name") {
    ImageArchive archive(kImageName);
    archive.more = {{"hello.txt", "hello"},
                    {support::blob_path("unused"), "unused"},
                    {"repositories", R"({"ghcr.io/acme/app":{"pr-7-abc1234":"x"}})"}};
    const test::Folder folder;
    const auto image = read_archive(folder, archive.tar());
    INFO((image ? "" : to_string(image.error())));
    REQUIRE(image);
    const http::Source source = image->tar();
    const std::string sent = test::read_all(source);
    CHECK(sent.size() == source.size);
    const SimpleTar seen(sent);
    CHECK(seen.end == sent.size());
    CHECK(seen.files.size() == 6);
    for (const std::string& blob : {archive.layer, archive.config, archive.manifest})
        CHECK(seen.files.at(support::blob_path(blob)) == blob);
    CHECK(seen.files.at("oci-layout") == archive.layout);
    CHECK(seen.files.at("index.json") ==
          fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})", ImageArchive::kIndex,
                      support::describe(ImageArchive::kManifest, archive.manifest)));
    CHECK(seen.files.at("manifest.json") ==
          fmt::format(R"([{{"Config":"{}","RepoTags":null,"Layers":["{}"]}}])",
                      support::blob_path(archive.config), support::blob_path(archive.layer)));
    // An engine that fails in the middle has not read that it is an image.
    CHECK(seen.names.ends_with("manifest.json\nindex.json\noci-layout\n"));
    REQUIRE(source.rewind());
    CHECK(test::read_all(source, 7) == sent);
}

TEST_CASE("what was read out of an archive is a layout of that image's blobs alone, gone with its owner") {
    const test::Folder folder;
    std::string path;
    {
        ImageArchive archive(kImageName);
        archive.more = {{"etc/passwd", "x"}, {support::blob_path("unused"), "unused"}};
        auto image = read_archive(folder, archive.tar());
        REQUIRE(image);
        auto layout = std::move(*image).release_layout();
        REQUIRE(layout);
        path = layout->path;
        CHECK(path.starts_with(layout->folder.path()));
        CHECK(files_in(path) ==
              std::set<std::string>{support::blob_path(archive.layer), support::blob_path(archive.config),
                                    support::blob_path(archive.manifest), "index.json", "oci-layout"});
    }
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(files_in(folder.path()).empty());
}

TEST_CASE("nothing of an archive that is refused stays on the disk") {
    const test::Folder folder;
    CHECK_FALSE(read_archive(folder, ImageArchive(kImageName).writer().unfinished()));
    CHECK_FALSE(read_archive(folder, ImageArchive("ghcr.io/acme/victim:latest").tar()));
    CHECK(files_in(folder.path()).empty());
}

TEST_CASE("an archive ends where the engine stops to read, and nothing may follow but its padding") {
    const std::string good = ImageArchive(kImageName).tar();
    const std::string foreign = ImageArchive("docker.io/library/victim:latest").tar();
    const auto zeros = [](std::size_t size) { return std::string(size, '\0'); };
    for (const std::size_t padding : {std::size_t{0}, std::size_t{512}, std::size_t{19 * 512}}) {
        CAPTURE(padding);
        CHECK(why_refused(good + zeros(padding)).empty());
        CHECK_THAT(why_refused(foreign + zeros(padding)), ContainsSubstring("would name an image"));
    }
    for (const std::size_t padding :
         {std::size_t{20 * 512}, std::size_t{4'000'000} / 512 * 512, std::size_t{9'000'000} / 512 * 512}) {
        CAPTURE(padding);
        CHECK_THAT(why_refused(good + zeros(padding)), ContainsSubstring("more follows"));
        CHECK_THAT(why_refused(foreign + zeros(padding)), ContainsSubstring("more follows"));
    }
    CHECK_THAT(why_refused(good + zeros(100)), ContainsSubstring("ends too early"));
    CHECK_THAT(why_refused(good + foreign), ContainsSubstring("something follows"));
    CHECK_THAT(why_refused(good + zeros(512) + foreign), ContainsSubstring("something follows"));
    CHECK_THAT(why_refused(good + "x" + zeros(511)), ContainsSubstring("something follows"));
    // One block of zeros ends it for some readers only.
    CHECK_THAT(why_refused(TarWriter().file("a", "1").unfinished() + zeros(512) + good),
               ContainsSubstring("something follows"));
}

TEST_CASE("an archive with a file twice, or one that is not what it is named by, is refused") {
    const ImageArchive archive(kImageName);
    const auto with = [&](const std::string& name, const std::string& content) {
        return archive.writer().file(name, content).finish();
    };
    struct Row {
        std::string archive, why;
    };
    const std::vector<Row> rows{
        {with("manifest.json", archive.manifest_json), "there twice"},
        {with("index.json", archive.index_json), "there twice"},
        {with(support::blob_path(archive.layer), archive.layer), "there twice"},
        {with("blobs", "x"), "there twice"},
        {archive.writer().folder("manifest.json").finish(), "there twice"},
        {with(support::blob_path("other"), "content"), "does not have the digest"},
        {with("blobs/sha256/x", "content"), "does not have the digest"},
        {with("blobs/sha512/x", "content"), "does not have the digest"},
        {with("blobs/x", "content"), "does not have the digest"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why);
        CHECK_THAT(why_refused(row.archive), ContainsSubstring(row.why));
    }
    CHECK(why_refused(archive.writer().folder("blobs/").finish()).empty());
}

TEST_CASE("an archive is refused before it is kept where the disk has no room for it") {
    const test::Folder folder;
    const auto reader = docker::ImageArchiveReader::create({}, folder.path()).value();
    CHECK(reader.expect(1024));
    const Result<void> room = reader.expect(std::uint64_t{1} << 60U);
    REQUIRE_FALSE(room);
    CHECK_THAT(room.error().what, ContainsSubstring("No room for"));
}
