#pragma once

#include "async/notification.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace pr_image::http {

/// Hands the bytes that one exchange receives to another that sends them, piece by piece and without a
/// buffer of its own: whoever is faster waits. One writer and one reader, on the executor's one thread.
class Pipe {
  public:
    /// Takes the next piece; ends when the reader has all of it. An Error is the reader's reason to stop.
    boost::asio::awaitable<text::Result<void>> write(std::string_view piece);

    /// Waits for the writer; gives false when it closed the pipe before it had written anything.
    boost::asio::awaitable<bool> ready();

    /// Fills the beginning of the buffer and gives how many bytes it wrote, 0 at the end. An Error is the
    /// writer's reason to give up. Fits http::Source::read.
    boost::asio::awaitable<text::Result<std::size_t>> read(std::span<char> buffer);

    /// Ends it for the other side: without an Error all that was to come has come.
    void close(std::optional<text::Error> error = {});

  private:
    boost::asio::awaitable<bool> change();  ///< false: cancelled

    async::Notification changed_;
    std::string_view piece_;  ///< what is left of the piece that the writer waits with
    bool closed_ = false;
    std::optional<text::Error> error_;
};

}  // namespace pr_image::http
