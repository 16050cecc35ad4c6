#include "http/pipe.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::http {

namespace asio = boost::asio;
using text::Error;
using text::Result;

namespace {

Error pipe_ended() {
    return {"Cancelled", "the transfer was ended", ""};
}

}  // namespace

asio::awaitable<Result<void>> Pipe::write(std::string_view piece) {
    piece_ = piece;
    changed_.notify();
    bool going_on = true;
    while (going_on && !piece_.empty() && !closed_)
        going_on = co_await change();
    if (piece_.empty()) co_return Result<void>();
    piece_ = {};
    co_return std::unexpected(error_ ? *error_ : pipe_ended());
}

asio::awaitable<bool> Pipe::ready() {
    bool going_on = true;
    while (going_on && piece_.empty() && !closed_)
        going_on = co_await change();
    co_return !piece_.empty();
}

asio::awaitable<Result<std::size_t>> Pipe::read(std::span<char> buffer) {
    bool going_on = true;
    while (going_on && piece_.empty() && !closed_)
        going_on = co_await change();
    if (!going_on) co_return std::unexpected(pipe_ended());
    if (error_) co_return std::unexpected(*error_);
    const std::size_t size = std::min(buffer.size(), piece_.size());
    std::copy_n(piece_.begin(), size, buffer.begin());
    piece_.remove_prefix(size);
    if (piece_.empty()) changed_.notify();
    co_return size;
}

void Pipe::close(std::optional<Error> error) {
    if (closed_) return;
    closed_ = true;
    error_ = std::move(error);
    changed_.notify();
}

asio::awaitable<bool> Pipe::change() {
    const async::Woken woken = co_await changed_.wait();
    co_return woken == async::Woken::notified;
}

}  // namespace pr_image::http
