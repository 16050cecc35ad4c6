#include "http/exchange.hpp"

#include "text/try.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Body = beast::http::buffer_body;
using boost::system::error_code;

// Beast counts a field's size in 16 bits.
constexpr std::uint32_t kLargestHeader = 60 * 1024;

// What one read or write moves at most: large enough for loopback speed, small enough for many at once.
constexpr std::size_t kPieceSize = 128 * 1024;

// 100 and 103 may come before the real response; a server that sends only those is broken.
constexpr int kMostInterimResponses = 10;

using Parser = beast::http::response_parser<Body>;

/// Gives the request line and the header fields as they go over the wire.
std::string serialise(const beast::http::request<beast::http::empty_body>& message) {
    beast::http::request_serializer<beast::http::empty_body> serializer(message);
    std::string bytes;
    error_code code;
    while (!code && !serializer.is_done()) {
        std::size_t size = 0;
        serializer.next(code, [&](error_code&, const auto& buffers) {
            bytes += beast::buffers_to_string(buffers);
            size = beast::buffer_bytes(buffers);
        });
        serializer.consume(size);
    }
    return bytes;
}

class Exchange {
  public:
    Exchange(Connection& connection, const Request& request, const Route& route, Deadline deadline,
             Progress& progress)
        : connection_(connection),
          request_(request),
          origin_(route.origin.origin()),
          absolute_form_(route.proxy && !route.origin.secure()),
          proxy_(route.proxy),
          deadline_(deadline),
          progress_(progress) {}

    asio::awaitable<Outcome<Response>> run() {
        Outcome<void> sent = co_await send();
        // A server may answer before it has read everything, and close: its answer tells more than EPIPE.
        if (!sent && sent.error().kind != FailureKind::closed)
            co_return std::unexpected(std::move(sent).error());
        for (int i = 0; i < kMostInterimResponses; ++i) {
            Parser parser;
            parser.header_limit(std::min(request_.header_limit, kLargestHeader));
            parser.body_limit(std::numeric_limits<std::uint64_t>::max());
            parser.skip(request_.method == Method::head);
            const error_code code = co_await read_header(parser);
            progress_.answered = progress_.answered || parser.got_some() || connection_.buffer().size() > 0;
            if (code) {
                CO_TRY(std::move(sent));
                co_return std::unexpected(failure_of(Step::read, code, origin_));
            }
            if (parser.get().result_int() >= 200) {
                Outcome<Response> response = co_await receive(parser);
                progress_.reusable = response && sent && parser.keep_alive() && parser.is_done();
                co_return response;
            }
        }
        co_return std::unexpected(
            make_failure(FailureKind::protocol, origin_, "it sends interim responses without end"));
    }

  private:
    void limit_step() { connection_.socket().expires_at(deadline_.step(request_.timeouts.idle)); }

    /// Gives the parser what has arrived. True means that it took something and may be asked for more.
    bool parse(Parser& parser, error_code& code) {
        beast::flat_buffer& buffer = connection_.buffer();
        if (buffer.size() == 0) return false;
        buffer.consume(parser.put(buffer.data(), code));
        if (code != beast::http::error::need_more) return true;
        code = {};
        return false;
    }

    /// Waits for more bytes. The other side's end is an error unless it ends the body, which has no length
    /// then.
    asio::awaitable<error_code> fill(Parser& parser) {
        // The parser counts a header's bytes, but not those of a chunk's extension or of trailers, which it
        // wants to have whole.
        if (connection_.buffer().size() > kLargestHeader) co_return beast::http::error::header_limit;
        limit_step();
        const asio::mutable_buffer room = connection_.buffer().prepare(kPieceSize);
        const auto [code, read] = co_await connection_.read_some(room);
        connection_.buffer().commit(read);
        if (code != asio::error::eof) co_return code;
        if (!parser.got_some()) co_return beast::http::error::end_of_stream;
        error_code end;
        parser.put_eof(end);
        co_return end;
    }

    asio::awaitable<error_code> read_header(Parser& parser) {
        error_code code;
        while (!code && !parser.is_header_done()) {
            if (!parse(parser, code)) code = co_await fill(parser);
        }
        co_return code;
    }

    /// Reads until the body's buffer has something, or the body has ended.
    asio::awaitable<error_code> read_body(Parser& parser) {
        error_code code;
        const std::size_t room = parser.get().body().size;
        while (!code && !parser.is_done() && parser.get().body().size == room) {
            if (!parse(parser, code)) code = co_await fill(parser);
        }
        co_return code == beast::http::error::need_buffer ? error_code() : code;
    }

    [[nodiscard]] std::string header(std::uint64_t size) const {
        beast::http::request<beast::http::empty_body> message;
        message.version(11);
        message.method_string(to_string(request_.method));
        message.target(absolute_form_ ? request_.url.string() : request_.url.target());
        message.set(beast::http::field::host, request_.url.authority());
        for (const auto& [name, value] : request_.headers.fields())
            message.insert(name, value);
        if (absolute_form_ && !proxy_->username.empty()) {
            message.set(beast::http::field::proxy_authorization,
                        basic_credentials(proxy_->username, proxy_->password));
        }
        const bool has_body = request_.method == Method::post || request_.method == Method::put ||
                              request_.method == Method::patch;
        if (size > 0 || has_body) message.content_length(size);
        return serialise(message);
    }

    asio::awaitable<Outcome<void>> send() {
        if (const auto* source = std::get_if<Source>(&request_.body)) {
            Outcome<void> sent = co_await send_source(*source);
            co_return sent;
        }
        const auto* borrowed = std::get_if<Borrowed>(&request_.body);
        const std::string_view body = borrowed ? borrowed->bytes : std::get<std::string>(request_.body);
        Outcome<void> sent = co_await write(header(body.size()), body);
        co_return sent;
    }

    asio::awaitable<Outcome<void>> write(std::string head, std::string_view body) {
        const error_code code = co_await connection_.write(asio::buffer(head), asio::buffer(body),
                                                           request_.timeouts.idle, deadline_);
        if (code) co_return std::unexpected(failure_of(Step::write, code, origin_));
        co_return Outcome<void>{};
    }

    asio::awaitable<Outcome<void>> send_source(const Source& source) {
        std::string head = header(source.size);
        if (source.size == 0) {
            Outcome<void> sent = co_await write(std::move(head), {});
            co_return sent;
        }
        std::string buffer(std::min<std::uint64_t>(kPieceSize, source.size), '\0');
        for (std::uint64_t left = source.size; left > 0;) {
            progress_.source_used = true;
            const std::span<char> room(buffer.data(), std::min<std::uint64_t>(buffer.size(), left));
            Result<std::size_t> got = co_await source.read(room);
            if (!got) co_return std::unexpected(Failure{FailureKind::local, std::move(got).error()});
            if (*got == 0 || *got > room.size()) {
                co_return std::unexpected(make_failure(
                    FailureKind::local, origin_,
                    fmt::format("the data to send ended {} bytes before its announced size of {}", left,
                                source.size),
                    "Check that the file does not change while it is sent."));
            }
            left -= *got;
            // The header goes out with the first piece: one packet less, and none for a source that fails at
            // once.
            Outcome<void> sent =
                co_await write(std::exchange(head, {}), std::string_view(buffer).substr(0, *got));
            if (!sent) co_return sent;
        }
        co_return Outcome<void>{};
    }

    asio::awaitable<Outcome<Response>> receive(Parser& parser) {
        Response response{.url = request_.url};
        response.status = static_cast<int>(parser.get().result_int());
        for (const auto& field : parser.get().base()) {
            response.headers.add(std::string_view(field.name_string().data(), field.name_string().size()),
                                 std::string_view(field.value().data(), field.value().size()));
        }
        const bool to_sink = request_.sink.write && response.ok();
        if (to_sink && request_.sink.begin) {
            progress_.sink_used = true;
            Result<void> begun = request_.sink.begin(response);
            if (!begun) co_return std::unexpected(Failure{FailureKind::local, std::move(begun).error()});
        }

        const auto announced = parser.content_length();
        if (!to_sink && announced && *announced > request_.body_limit && request_.method != Method::head) {
            co_return std::unexpected(too_large());
        }
        std::string buffer(parser.is_done() ? 0 : kPieceSize, '\0');
        while (!parser.is_done()) {
            parser.get().body().data = buffer.data();
            parser.get().body().size = buffer.size();
            const error_code code = co_await read_body(parser);
            if (code) co_return std::unexpected(failure_of(Step::read, code, origin_));
            const std::string_view piece(buffer.data(), buffer.size() - parser.get().body().size);
            if (piece.empty()) continue;
            if (to_sink) {
                progress_.sink_used = true;
                Result<void> taken = co_await request_.sink.write(piece);
                if (!taken) co_return std::unexpected(Failure{FailureKind::local, std::move(taken).error()});
            } else if (piece.size() > request_.body_limit - response.body.size()) {
                co_return std::unexpected(too_large());
            } else {
                response.body += piece;
            }
        }
        co_return response;
    }

    [[nodiscard]] Failure too_large() const {
        return make_failure(FailureKind::limit, origin_,
                            fmt::format("its response is larger than {} bytes", request_.body_limit));
    }

    Connection& connection_;
    const Request& request_;
    std::string origin_;
    bool absolute_form_;
    const std::optional<ProxyUrl>& proxy_;
    Deadline deadline_;
    Progress& progress_;
};

}  // namespace

asio::awaitable<Outcome<Response>> exchange(Connection& connection, const Request& request,
                                            const Route& route, Deadline deadline, Progress& progress) {
    Exchange one(connection, request, route, deadline, progress);
    Outcome<Response> response = co_await one.run();
    co_return response;
}

}  // namespace pr_image::http
