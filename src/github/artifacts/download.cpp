#include "github/artifacts/download.hpp"

#include "github/artifacts/partial_file.hpp"
#include "github/artifacts/single_file_zip.hpp"
#include "text/try.hpp"

#include <optional>
#include <utility>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;

// A file that every byte on its way to is shown to somebody first.
struct Inspected {
    PartialFile& file;
    const std::function<Result<void>(std::string_view)>& inspect;
    std::uint64_t size = 0;

    Result<void> write(std::string_view bytes) {
        if (inspect) {
            if (Result<void> allowed = inspect(bytes); !allowed) return allowed;
        }
        size += bytes.size();
        return file.write(bytes);
    }
};

}  // namespace

asio::awaitable<Result<Downloaded>> download(http::Client client, StoredArtifact artifact, std::string path,
                                             DownloadOptions options) {
    CO_TRY_ASSIGN(PartialFile file, PartialFile::create(path));
    std::optional<PartialFile> zip;

    Inspected inspected{file, options.inspect};
    ContentSink sink;
    sink.begin = [&](const Content& content) -> Result<void> {
        if (!content.zip) return file.expect(content.size);
        TRY_ASSIGN(PartialFile made, PartialFile::create(path + ".zip"));
        return zip.emplace(std::move(made)).expect(content.size);
    };
    sink.write = [&](std::string_view piece) -> asio::awaitable<Result<void>> {
        co_return zip ? zip->write(piece) : inspected.write(piece);
    };
    CO_TRY_ASSIGN(Received received, co_await download_blob(std::move(client), std::move(artifact.locate),
                                                            std::move(artifact.digest), std::move(sink),
                                                            std::move(options.transfer)));

    if (zip) {
        UnzipSink unzipped{.begin = [&](std::uint64_t size) { return file.expect(size); },
                           .write = [&](std::string_view piece) { return inspected.write(piece); }};
        CO_TRY(co_await unzip_single_file(zip->partial_path(), std::move(unzipped)));
    }
    CO_TRY(file.commit());
    co_return Downloaded{.size = inspected.size, .digest = received.digest, .unzipped = zip.has_value()};
}

}  // namespace pr_image::github::artifacts
