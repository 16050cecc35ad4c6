#include "github/artifacts/download.hpp"

#include "github/artifacts/partial_file.hpp"
#include "text/try.hpp"

#include <optional>
#include <utility>

namespace pr_image::github::artifacts {

namespace asio = boost::asio;

asio::awaitable<Result<Downloaded>> download(http::Client client, StoredArtifact artifact, FileSink sink,
                                             std::string folder, BlobDownloadOptions options) {
    std::uint64_t size = 0;
    const auto write = [&](std::string_view piece) -> Result<void> {
        size += piece.size();
        return sink.write(piece);
    };
    std::optional<PartialFile> zip;
    ContentSink content_sink;
    content_sink.begin = [&](const Content& content) -> Result<void> {
        if (!content.zip) return sink.begin(content.size);
        TRY_ASSIGN(PartialFile made, PartialFile::create(folder + "/artifact.zip"));
        return zip.emplace(std::move(made)).expect(content.size);
    };
    content_sink.write = [&](std::string_view piece) -> asio::awaitable<Result<void>> {
        co_return zip ? zip->write(piece) : write(piece);
    };
    CO_TRY_ASSIGN(Received received, co_await download_blob(std::move(client), std::move(artifact.locate),
                                                            std::move(artifact.digest),
                                                            std::move(content_sink), std::move(options)));
    if (zip) {
        FileSink unzipped{.begin = sink.begin, .write = write};
        CO_TRY(co_await unzip_single_file(zip->partial_path(), std::move(unzipped)));
    }
    co_return Downloaded{.size = size, .digest = received.digest, .unzipped = zip.has_value()};
}

}  // namespace pr_image::github::artifacts
