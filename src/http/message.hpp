#pragma once

#include "http/headers.hpp"
#include "http/url.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace pr_image::http {

enum class Method { get, head, post, put, patch, delete_ };

/// Gives the method as the request line has it.
std::string_view to_string(Method method);

/// Says whether a request that may have been carried out can be sent again without harm (RFC 9110 section
/// 9.2.2).
bool is_idempotent(Method method);

/// A request body that is read piece by piece, so that a file of many GiB passes through in bounded memory.
struct Source {
    std::uint64_t size = 0;  ///< in bytes, exactly

    /// Fills the beginning of the buffer and gives how many bytes it wrote; 0 only at the end. An Error ends
    /// the request.
    std::function<boost::asio::awaitable<text::Result<std::size_t>>(std::span<char> buffer)> read;

    /// Goes back to the first byte, for a second try; leave it empty when that is not possible.
    std::function<text::Result<void>()> rewind;
};

/// A request body in memory that stays the caller's, who keeps it unchanged until the request has ended.
struct Borrowed {
    std::string_view bytes;
};

struct Response;

/// Where the body of a 2xx response goes, piece by piece; other bodies are collected in Response::body.
struct Sink {
    /// Sees the status and headers before the first piece; an Error ends the request. May be empty.
    std::function<text::Result<void>(const Response& head)> begin;

    /// Takes the next piece, which is valid until the returned coroutine ends; the next is read after that.
    std::function<boost::asio::awaitable<text::Result<void>>(std::string_view piece)> write;
};

/// How long each step may take. Zero means no limit.
struct Timeouts {
    std::chrono::milliseconds connect{10'000};    ///< name look-up and connect, proxy included
    std::chrono::milliseconds handshake{10'000};  ///< TLS
    std::chrono::milliseconds idle{30'000};       ///< one read or write that makes no progress
    std::chrono::milliseconds total{60'000};      ///< the whole exchange, redirects included
};

/// What is sent, and within which bounds the answer may be.
struct Request {
    Method method = Method::get;
    Url url;
    Headers headers{};
    std::variant<std::string, Borrowed, Source> body{};

    Sink sink{};                                 ///< used when `sink.write` is set
    std::uint32_t header_limit = 32 * 1024;      ///< bytes of status line and headers, at most 60 KiB
    std::uint64_t body_limit = 8 * 1024 * 1024;  ///< bytes that are collected in Response::body
    int redirects = 5;                           ///< how many to follow; 0 gives the 3xx itself
    bool same_origin = false;                    ///< follow none to another origin: give the 3xx itself
    Timeouts timeouts{};
};

struct Response {
    int status = 0;
    Headers headers{};
    std::string body{};  ///< empty when it went to the sink
    Url url;             ///< the URL that answered, after redirects

    /// A redirect led to another origin on the way, even if another one led back: this is not the word of the
    /// server that was asked. A sink's `begin` is not told.
    bool left_origin = false;

    [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

}  // namespace pr_image::http
