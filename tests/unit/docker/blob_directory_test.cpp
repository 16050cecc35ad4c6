#include "docker/blob_directory.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

using namespace pr_image;
using docker::Blob;
using docker::BlobDirectory;

TEST_CASE("a file is kept under the digest of what was written, for this user alone") {
    const test::Folder folder;
    std::string path;
    {
        BlobDirectory blobs = BlobDirectory::create(folder.path()).value();
        REQUIRE(blobs.begin());
        REQUIRE(blobs.write("hel"));
        REQUIRE(blobs.write("lo"));
        const Blob blob = blobs.end().value();
        CHECK(blob == Blob{text::sha256("hello"), 5});
        CHECK(blobs.add("hello") == blob);
        CHECK(blobs.add("")->size == 0);
        path = blobs.path_of(blob.digest);
        CHECK(path == blobs.path() + "/" + docker::blob_name(text::sha256("hello")));
        CHECK(blobs.read(blob.digest, 5) == "hello");
        CHECK_FALSE(blobs.read(blob.digest, 4));
        CHECK_FALSE(blobs.read(text::sha256("other"), 5));
        CHECK(blobs.read_start(blob.digest, 3) == "hel");
        CHECK(blobs.read_start(blob.digest, 9) == "hello");
        CHECK_FALSE(blobs.read_start(text::sha256("other"), 5));
        struct stat about{};
        REQUIRE(::stat(blobs.folder().c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0700);
        REQUIRE(::stat(path.c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0600);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("only the files that are wanted stay") {
    const test::Folder folder;
    BlobDirectory blobs = BlobDirectory::create(folder.path()).value();
    const Blob one = blobs.add("one").value();
    const Blob two = blobs.add("two").value();
    blobs.keep_only({one.digest});
    CHECK(blobs.read(one.digest, 3) == "one");
    CHECK_FALSE(blobs.read(two.digest, 3));
}

TEST_CASE("a folder that cannot be made is an error") {
    CHECK_FALSE(BlobDirectory::create("/nonexistent"));
}
