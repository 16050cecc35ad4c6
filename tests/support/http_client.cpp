#include "support/http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <limits>

namespace pr_image::support {

namespace beast = boost::beast;

std::string HttpResponse::field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
        if (beast::iequals(key, name)) return value;
    }
    return {};
}

HttpResponse http_request(const std::string& address, std::uint16_t port, std::string_view method,
                          std::string_view target, const HttpFields& fields, std::string_view body) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address(address), port});

    beast::http::request<beast::http::string_body> request;
    request.method_string(method);
    request.target(target);
    request.set(beast::http::field::host, address + ":" + std::to_string(port));
    for (const auto& [name, value] : fields) {
        request.set(name, value);
    }
    request.body() = body;
    request.prepare_payload();
    beast::http::write(socket, request);

    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    parser.skip(method == "HEAD");
    beast::http::read(socket, buffer, parser);
    HttpResponse response{.status = parser.get().result_int(), .fields = {}, .body = parser.get().body()};
    for (const auto& field : parser.get()) {
        response.fields.emplace_back(field.name_string(), field.value());
    }
    return response;
}

}  // namespace pr_image::support
