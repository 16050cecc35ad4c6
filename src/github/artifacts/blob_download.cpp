#include "github/artifacts/blob_download.hpp"

#include "async/notification.hpp"
#include "async/run_workers.hpp"
#include "async/sleep.hpp"
#include "http/deadline.hpp"
#include "text/number.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using text::fail;
using text::printable;

constexpr const char* kCannotDownload = "The artifact cannot be downloaded";
constexpr int kMostAddresses = 3;  // in a row without a single byte: then it is no matter of time

struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t total = 0;
};

// "bytes 0-1023/146515" (RFC 9110 section 14.4); a total that the store does not know is of no use here.
std::optional<ContentRange> parse_content_range(std::string_view value) {
    if (!value.starts_with("bytes ")) return std::nullopt;
    value.remove_prefix(6);
    const std::size_t dash = value.find('-');
    const std::size_t slash = value.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return std::nullopt;
    const auto first = text::parse_number<std::uint64_t>(value.substr(0, dash));
    const auto last = text::parse_number<std::uint64_t>(value.substr(dash + 1, slash - dash - 1));
    const auto total = text::parse_number<std::uint64_t>(value.substr(slash + 1));
    if (!first || !last || !total || *first > *last || *last >= *total) return std::nullopt;
    return ContentRange{*first, *last, *total};
}

bool is_zip(std::string_view type, const http::Url& url) {
    return type == "application/zip" || type == "application/x-zip-compressed" ||
           type == "application/zip-compressed" || text::to_lower(url.path()).ends_with(".zip");
}

std::unexpected<Error> replaced() {
    return fail(kCannotDownload, "it was replaced or removed while it was read", "Run this job again.");
}

class Download {
  public:
    Download(http::Client client, Locate locate, std::optional<Digest> expected, ContentSink sink,
             BlobDownloadOptions options)
        : client_(std::move(client)),
          locate_(std::move(locate)),
          expected_(std::move(expected)),
          sink_(std::move(sink)),
          options_(std::move(options)) {}

    asio::awaitable<Result<Received>> run() {
        co_await asio::this_coro::throw_if_cancelled(false);
        std::string first;
        CO_TRY(co_await fetch_part(0, first));
        if (!whole_) {
            CO_TRY(co_await deliver(std::move(first)));
            parts_ = (content_.size + options_.part_size - 1) / options_.part_size;
            next_ = turn_ = 1;
            const std::size_t workers =
                static_cast<std::size_t>(std::min<std::uint64_t>(parts_ - 1, options_.in_flight));
            if (workers > 0) {
                std::function<asio::awaitable<Result<void>>(std::size_t)> worker = [this](std::size_t) {
                    return fetch_parts();
                };
                CO_TRY(co_await async::run_workers(workers, workers, std::move(worker)));
            }
        }
        CO_TRY_ASSIGN(Digest digest, co_await finish());
        co_return Received{.content = content_, .digest = digest};
    }

  private:
    asio::awaitable<Result<void>> fetch_parts() {
        co_await asio::this_coro::throw_if_cancelled(false);
        while (next_ < parts_) {
            const std::uint64_t index = next_++;
            std::string part;
            Result<void> fetched = co_await fetch_part(index, part);
            if (!fetched) co_return fetched;
            while (turn_ != index) {
                const async::Woken woken = co_await changed_.wait();
                if (woken == async::Woken::cancelled) co_return fail(kCannotDownload, "cancelled");
            }
            Result<void> delivered = co_await deliver(std::move(part));
            if (!delivered) co_return delivered;
            ++turn_;
            changed_.notify();
        }
        co_return Result<void>{};
    }

    // Fills `part` with the bytes of that part, or, where the store does not know ranges, delivers
    // everything.
    asio::awaitable<Result<void>> fetch_part(std::uint64_t index, std::string& part) {
        const std::uint64_t begin = index * options_.part_size;
        const auto size_of_part = [&]() -> std::uint64_t {
            return started_ ? std::min<std::uint64_t>(options_.part_size, content_.size - begin)
                            : options_.part_size;
        };
        part.reserve(static_cast<std::size_t>(size_of_part()));
        const http::Deadline deadline = http::Deadline::in(options_.retry.deadline);
        int failed = 0;
        int refused = 0;
        while (!whole_ && (!started_ || part.size() < size_of_part())) {
            if (!url_) {
                Result<void> located = co_await relocate();
                if (!located) co_return located;
            }
            const http::Url url = *url_;
            const std::size_t before = part.size();
            http::Request request = part_request(url, begin + before, begin + size_of_part() - 1, part);
            http::Outcome<http::Response> outcome = co_await client_.exchange(std::move(request));
            if (outcome && outcome->ok()) {
                if (part.size() == before && !whole_)
                    co_return fail(kCannotDownload, "the artifact store sends no content");
                continue;
            }
            if (part.size() > before) failed = refused = 0;
            if (outcome && (outcome->status == 401 || outcome->status == 403) && ++refused < kMostAddresses) {
                // Another part may have asked for a new address already.
                if (url_ == url) url_.reset();
                continue;
            }
            const bool passes = outcome ? http::is_transient(outcome->status)
                                        : http::is_transient(outcome.error().kind) && !whole_;
            if (!passes) co_return std::unexpected(reason(outcome, url));
            const std::optional<milliseconds> delay = async::retry_delay(
                http::policy_after(options_.retry, outcome), ++failed,
                outcome ? http::asked_delay(outcome->headers) : std::nullopt, deadline.left());
            if (!delay) co_return std::unexpected(reason(outcome, url));
            const bool slept = co_await async::sleep_for(*delay);
            if (!slept) co_return fail(kCannotDownload, "cancelled");
        }
        co_return Result<void>{};
    }

    // Several parts may find the address expired at once; one of them asks, the others wait for it.
    asio::awaitable<Result<void>> relocate() {
        while (locating_) {
            const async::Woken woken = co_await changed_.wait();
            if (woken == async::Woken::cancelled) co_return fail(kCannotDownload, "cancelled");
            if (url_) co_return Result<void>{};
        }
        locating_ = true;
        Result<http::Url> url = co_await locate_();
        locating_ = false;
        changed_.notify();
        CO_TRY_ASSIGN(url_, std::move(url));
        co_return Result<void>{};
    }

    http::Request part_request(const http::Url& url, std::uint64_t first, std::uint64_t last,
                               std::string& part) {
        http::Request request{.method = http::Method::get, .url = url};
        request.headers.set("Range", fmt::format("bytes={}-{}", first, last));
        if (!etag_.empty()) request.headers.set("If-Match", etag_);
        request.timeouts.total = milliseconds(0);  // slow is no failure as long as something moves
        request.body_limit = 64 * 1024;            // of an error's body
        request.sink.begin = [this, first](const http::Response& head) {
            return begin_response(head, first);
        };
        request.sink.write = [this, first, &part](std::string_view piece) {
            return take(piece, first, part);
        };
        return request;
    }

    Result<void> begin_response(const http::Response& head, std::uint64_t first) {
        const std::string_view header = head.headers.get("Content-Range").value_or("");
        const std::optional<ContentRange> range = parse_content_range(header);
        const bool all = head.status == 200 && !started_;
        if (!all && (head.status != 206 || !range || range->first != first)) {
            return fail(kCannotDownload,
                        fmt::format("the artifact store {} answered with another range than it was asked for",
                                    head.url.origin()));
        }
        if (started_) {
            if (range->total != content_.size) return replaced();
            return {};
        }
        const std::string type = text::to_lower(head.headers.get("Content-Type").value_or(""));
        content_.type = std::string(text::trim(text::split(type, ';').front()));
        content_.zip = is_zip(content_.type, head.url);
        if (all) {
            content_.size = text::parse_number<std::uint64_t>(head.headers.get("Content-Length").value_or(""))
                                .value_or(0);
        } else {
            content_.size = range->total;
            const std::string_view etag = head.headers.get("ETag").value_or("");
            if (!etag.starts_with("W/")) etag_ = etag;
        }
        started_ = true;
        whole_ = all;
        return sink_.begin ? sink_.begin(content_) : Result<void>{};
    }

    asio::awaitable<Result<void>> take(std::string_view piece, std::uint64_t first, std::string& part) {
        if (whole_) {
            Result<void> delivered = co_await deliver(std::string(piece));
            co_return delivered;
        }
        const std::uint64_t room =
            options_.part_size - std::min<std::uint64_t>(options_.part_size, part.size());
        if (piece.size() > room || first + piece.size() > content_.size) {
            co_return fail(kCannotDownload, "the artifact store sends more than it was asked for");
        }
        part += piece;
        co_return Result<void>{};
    }

    // Hands on what came before `piece`, so that the last one waits for finish().
    asio::awaitable<Result<void>> deliver(std::string piece) {
        hash_.update(piece);
        delivered_ += piece.size();
        const std::string earlier = std::exchange(held_back_, std::move(piece));
        if (options_.progress) options_.progress(delivered_, content_.size);
        if (earlier.empty()) co_return Result<void>{};
        Result<void> written = co_await sink_.write(earlier);
        co_return written;
    }

    asio::awaitable<Result<Digest>> finish() {
        Digest digest = hash_.finish();
        if (whole_ && content_.size == 0) content_.size = delivered_;
        if (delivered_ != content_.size) {
            co_return fail(kCannotDownload,
                           fmt::format("{} of its {} bytes arrived", delivered_, content_.size));
        }
        if (expected_ && digest != *expected_) {
            co_return fail(
                "The artifact is damaged",
                fmt::format("its digest is {}, but {} was uploaded", digest.string(), expected_->string()),
                "Nothing of it was used. Run the job that made it again.");
        }
        if (!held_back_.empty()) {
            CO_TRY(co_await sink_.write(held_back_));
        }
        co_return digest;
    }

    static Error reason(const http::Outcome<http::Response>& outcome, const http::Url& url) {
        if (!outcome) {
            Error error = outcome.error().error;
            if (outcome.error().kind != http::FailureKind::local) error.what = kCannotDownload;
            return error;
        }
        if (outcome->status == 412) return replaced().error();
        if (outcome->status == 404 || outcome->status == 410) {
            return {.what = kCannotDownload,
                    .why = "it is no longer in the artifact store: it has expired or was removed",
                    .fix = "Run the job that made it again."};
        }
        if (outcome->status == 416) return {.what = kCannotDownload, .why = "it is empty", .fix = {}};
        Error error{.what = kCannotDownload,
                    .why = fmt::format("the artifact store {} answered with status {}", url.origin(),
                                       outcome->status),
                    .fix = {}};
        if (outcome->status == 403 || outcome->status == 401) {
            error.why += " to each of the addresses that GitHub gave for it";
        } else if (http::is_transient(outcome->status)) {
            error.fix = "Wait a moment and run the job again.";
        }
        return error;
    }

    http::Client client_;
    Locate locate_;
    std::optional<Digest> expected_;
    ContentSink sink_;
    BlobDownloadOptions options_;

    std::optional<http::Url> url_;
    bool locating_ = false;
    std::string etag_;
    bool started_ = false;  // content_ is known
    bool whole_ = false;    // the store gave everything in answer to the first request
    Content content_;

    std::uint64_t parts_ = 0;
    std::uint64_t next_ = 0;  // the part that is asked for next
    std::uint64_t turn_ = 0;  // the part that is delivered next
    // Of turn_ or url_.
    async::Notification changed_;

    text::Sha256 hash_;
    std::uint64_t delivered_ = 0;
    std::string held_back_;
};

}  // namespace

asio::awaitable<Result<Received>> download_blob(http::Client client, Locate locate,
                                                std::optional<Digest> expected, ContentSink sink,
                                                BlobDownloadOptions options) {
    Download download(std::move(client), std::move(locate), std::move(expected), std::move(sink),
                      std::move(options));
    Result<Received> received = co_await download.run();
    co_return received;
}

}  // namespace pr_image::github::artifacts
