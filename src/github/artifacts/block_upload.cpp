#include "github/artifacts/block_upload.hpp"

#include "async/run_workers.hpp"
#include "text/base64.hpp"
#include "text/sha256.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;
using text::fail;
using text::printable;

constexpr const char* kCannotUpload = "The artifact cannot be uploaded";
constexpr std::uint64_t kMostBlocks = 50'000;

// Small enough to be in the processor's cache still when it is hashed.
constexpr std::size_t kReadSize = std::size_t{256} * 1024;

// Azure wants ids of one length, and gives the blocks back in the order of the list, not of the ids.
std::string block_id(std::uint64_t index) {
    return text::base64_encode(fmt::format("block-{:08}", index));
}

// "<Code>AuthenticationFailed</Code>" in the body that Azure gives with every error.
std::string_view azure_code(std::string_view body) {
    constexpr std::string_view open = "<Code>";
    const std::size_t begin = body.find(open);
    const std::size_t end = body.find("</Code>");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
    return body.substr(begin + open.size(), end - begin - open.size());
}

Error refused_by_store(const http::Response& response) {
    const std::string_view code = azure_code(response.body);
    Error error{.what = kCannotUpload,
                .why = fmt::format("the artifact store {} answered with status {}{}{}", response.url.origin(),
                                   response.status, code.empty() ? "" : ", ", printable(code)),
                .fix = {}};
    if (response.status == 401 || response.status == 403) {
        error.fix =
            "The address that GitHub gave for this upload is good for a limited time: if the upload took "
            "longer than that, make the image smaller or use a runner with a faster connection.";
    } else if (http::is_transient(response.status)) {
        error.fix = "Wait a moment and run the job again.";
    }
    return error;
}

class Upload {
  public:
    Upload(http::Client client, http::Url url, BlockUploadOptions options)
        : client_(std::move(client)), url_(std::move(url)), options_(std::move(options)) {}
    ~Upload() {
        if (file_ >= 0) ::close(file_);
    }
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    Result<void> open(const std::string& path) {
        path_ = path;
        file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (file_ < 0) return unreadable(std::strerror(errno));
        struct stat about{};
        if (::fstat(file_, &about) != 0) return unreadable(std::strerror(errno));
        if (!S_ISREG(about.st_mode)) return unreadable("it is not a regular file");
        if (about.st_size == 0) return unreadable("it is empty");
        size_ = static_cast<std::uint64_t>(about.st_size);
        block_size_ = std::max<std::uint64_t>(options_.block_size, (size_ + kMostBlocks - 1) / kMostBlocks);
        ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
        return {};
    }

    asio::awaitable<Result<Sent>> run() {
        const std::uint64_t blocks = (size_ + block_size_ - 1) / block_size_;
        const std::size_t workers =
            static_cast<std::size_t>(std::min<std::uint64_t>(blocks, options_.in_flight));
        std::function<asio::awaitable<Result<void>>(std::size_t)> worker = [this](std::size_t) {
            return send_blocks();
        };
        CO_TRY(co_await async::run_workers(workers, workers, std::move(worker)));
        CO_TRY(co_await commit(blocks));
        co_return Sent{.size = size_, .digest = hash_.finish()};
    }

  private:
    std::unexpected<Error> unreadable(std::string_view why) const {
        return fail(kCannotUpload, fmt::format("the file '{}' cannot be read: {}", printable(path_), why));
    }

    // Reading and hashing is one step without a pause, so the blocks are hashed in their order.
    Result<void> read_next(std::string& block) {
        block.resize(static_cast<std::size_t>(std::min(block_size_, size_ - offset_)));
        for (std::size_t have = 0; have < block.size();) {
            const std::size_t room = std::min(kReadSize, block.size() - have);
            const ssize_t got = ::pread(file_, block.data() + have, room, static_cast<off_t>(offset_ + have));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return unreadable(std::strerror(errno));
            if (got == 0) return unreadable("it became shorter while it was sent");
            hash_.update(std::string_view(block).substr(have, static_cast<std::size_t>(got)));
            have += static_cast<std::size_t>(got);
        }
        offset_ += block.size();
        return {};
    }

    asio::awaitable<Result<void>> send_blocks() {
        std::string block;
        while (offset_ < size_) {
            const std::uint64_t index = next_++;
            Result<void> read = read_next(block);
            if (!read) co_return read;
            Result<void> put = co_await put_block(index, block);
            if (!put) co_return put;
            sent_ += block.size();
            if (options_.progress) options_.progress(sent_, size_);
        }
        co_return Result<void>{};
    }

    asio::awaitable<Result<void>> put_block(std::uint64_t index, const std::string& block) {
        http::Request request{.method = http::Method::put,
                              .url = url_.with_query("comp", "block").with_query("blockid", block_id(index))};
        request.body = http::Borrowed{block};
        return send(std::move(request));
    }

    asio::awaitable<Result<void>> commit(std::uint64_t blocks) {
        http::Request request{.method = http::Method::put, .url = url_.with_query("comp", "blocklist")};
        request.headers.set("Content-Type", "application/xml");
        request.headers.set("x-ms-blob-content-type", options_.content_type);
        std::string list = R"(<?xml version="1.0" encoding="utf-8"?><BlockList>)";
        for (std::uint64_t index = 0; index < blocks; ++index)
            list += fmt::format("<Latest>{}</Latest>", block_id(index));
        request.body = list + "</BlockList>";
        return send(std::move(request));
    }

    asio::awaitable<Result<void>> send(http::Request request) {
        request.redirects = 0;
        // A slow line is no failure as long as something moves.
        request.timeouts.total = std::chrono::milliseconds(0);
        http::Outcome<http::Response> response =
            co_await http::send_with_retry(client_, std::move(request), options_.retry);
        if (!response) {
            Error error = std::move(response).error().error;
            error.what = kCannotUpload;
            co_return std::unexpected(std::move(error));
        }
        if (response->status != 201) co_return std::unexpected(refused_by_store(*response));
        co_return Result<void>{};
    }

    http::Client client_;
    http::Url url_;
    BlockUploadOptions options_;
    std::string path_;
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t block_size_ = 0;
    std::uint64_t next_ = 0;    // index of the block that is read next
    std::uint64_t offset_ = 0;  // where it begins
    std::uint64_t sent_ = 0;
    text::Sha256 hash_;
};

}  // namespace

asio::awaitable<Result<Sent>> upload_blocks(http::Client client, http::Url url, std::string path,
                                            BlockUploadOptions options) {
    Upload upload(std::move(client), std::move(url), std::move(options));
    CO_TRY(upload.open(path));
    Result<Sent> sent = co_await upload.run();
    co_return sent;
}

}  // namespace pr_image::github::artifacts
