#include "http/tls.hpp"

#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "fakes/test_ca.hpp"
#include "http/client.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

using namespace pr_image;
namespace asio = boost::asio;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using fakes::TestCa;
using http::ClientOptions;
using http::FailureKind;
using http::Outcome;
using http::Response;
using http::Url;
using support::TemporaryFolder;

namespace {

Outcome<Response> get(ClientOptions options, const std::string& url) {
    asio::io_context context;
    http::Client client(context.get_executor(), std::move(options));
    return fakes::run_coroutine(context, client.exchange({.url = Url::parse(url).value()}));
}

Reply hello(const Seen&) {
    return {.body = "hello"};
}

std::string write(const TemporaryFolder& folder, const std::string& name, const std::string& content) {
    const std::filesystem::path file = folder.path() / name;
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
}

}  // namespace

TEST_CASE("a server whose CA is trusted is talked to") {
    const TestCa ca;
    const TemporaryFolder folder;
    const HttpServer server(hello, {.tls = ca.issue({"127.0.0.1", "localhost"})});
    const http::TlsOptions tls =
        http::tls_from_environment({{"SSL_CERT_FILE", write(folder, "ca.pem", ca.certificate())}});
    CHECK(get({.tls = tls}, server.url())->body == "hello");
    CHECK(get({.tls = tls}, "https://localhost:" + std::to_string(server.port()))->body == "hello");
}

TEST_CASE("SSL_CERT_DIR is read with hashed names and without") {
    const TestCa ca;
    const TemporaryFolder folder;
    const TemporaryFolder unrelated;
    write(folder, "my-ca.crt", ca.certificate());
    const HttpServer server(hello, {.tls = ca.issue({"127.0.0.1"})});
    const std::string directories = unrelated.path().string() + ":" + folder.path().string();
    const http::TlsOptions tls = http::tls_from_environment({{"SSL_CERT_DIR", directories}});
    CHECK(get({.tls = tls}, server.url())->body == "hello");
}

TEST_CASE("a server that nobody vouches for is refused") {
    const TestCa ca;
    const TestCa other;
    const TemporaryFolder folder;
    const HttpServer server(hello, {.tls = ca.issue({"127.0.0.1"})});
    for (const http::TlsOptions& tls :
         {http::TlsOptions{}, http::TlsOptions{.ca_file = write(folder, "other.pem", other.certificate())}}) {
        const Outcome<Response> response = get({.tls = tls}, server.url());
        REQUIRE_FALSE(response);
        CHECK(response.error().kind == FailureKind::tls);
        CHECK(response.error().error.fix.contains("SSL_CERT_FILE"));
    }
    CHECK(server.requests().empty());
}

TEST_CASE("a certificate for another host is refused") {
    const TestCa ca;
    const TemporaryFolder folder;
    const http::TlsOptions tls{.ca_file = write(folder, "ca.pem", ca.certificate())};
    const HttpServer by_name(hello, {.tls = ca.issue({"ghcr.io", "localhost"})});
    const HttpServer by_address(hello, {.tls = ca.issue({"127.0.0.1"})});
    const Outcome<Response> wrong_address = get({.tls = tls}, by_name.url());
    const Outcome<Response> wrong_name =
        get({.tls = tls}, "https://localhost:" + std::to_string(by_address.port()));
    CHECK(wrong_address.error().kind == FailureKind::tls);
    CHECK(wrong_address.error().error.why.contains("mismatch"));
    CHECK(wrong_name.error().kind == FailureKind::tls);
    CHECK(by_name.requests().empty());
    CHECK(by_address.requests().empty());
}

TEST_CASE("a certificate that is not good at this time is refused, and the clock is named") {
    const TestCa ca;
    const TemporaryFolder folder;
    const http::TlsOptions tls{.ca_file = write(folder, "ca.pem", ca.certificate())};
    // A clock an hour behind meets what was issued a moment ago; one that is ahead, what has just ended.
    const auto begin = GENERATE(std::chrono::minutes(59), std::chrono::minutes(-25 * 60));
    const HttpServer server(hello, {.tls = ca.issue({"127.0.0.1"}, begin)});
    const Outcome<Response> response = get({.tls = tls}, server.url());
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::tls);
    CHECK(response.error().error.fix.starts_with("Check this machine's clock, for which it is 20"));
    CHECK(server.requests().empty());
}

TEST_CASE("a CA file that is not there is an error that names it") {
    const Outcome<Response> response =
        get({.tls = {.ca_file = "/nonexistent/ca.pem"}}, "https://127.0.0.1:1/");
    REQUIRE_FALSE(response);
    CHECK(response.error().error.why.contains("/nonexistent/ca.pem"));
}

TEST_CASE("a client certificate is shown to a server that asks for one") {
    const TestCa ca;
    const TemporaryFolder folder;
    const fakes::Identity client = ca.issue({"client"});
    http::TlsOptions tls{.ca_file = write(folder, "ca.pem", ca.certificate())};
    const HttpServer server(
        hello,
        {.tls = ca.issue({"127.0.0.1"}), .demand_client_certificate = true, .client_ca = ca.certificate()});
    CHECK_FALSE(get({.tls = tls}, server.url()));
    tls.client_certificate = write(folder, "cert.pem", client.certificate);
    tls.client_key = write(folder, "key.pem", client.key);
    CHECK(get({.tls = tls}, server.url())->body == "hello");
}

TEST_CASE("a plain server on an https URL is a TLS failure") {
    const HttpServer server(hello);
    const Outcome<Response> response = get({}, "https://" + server.authority());
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::tls);
}

TEST_CASE("https goes through the proxy as a tunnel, verified for the host behind it") {
    const TestCa ca;
    const TemporaryFolder folder;
    const HttpServer server(hello, {.tls = ca.issue({"registry.example"})});
    const HttpServer proxy([](const Seen&) { return Reply{.status = 500}; }, {.tunnel_to = server.port()});
    const http::TlsOptions tls{.ca_file = write(folder, "ca.pem", ca.certificate())};
    const http::ProxyConfig config =
        http::proxy_from_environment({{"HTTPS_PROXY", "http://me:secret@" + proxy.authority()}}).value();

    CHECK(get({.tls = tls, .proxy = config}, "https://registry.example/v2/")->body == "hello");
    const Seen connect = proxy.requests().at(0);
    CHECK(connect.method == "CONNECT");
    CHECK(connect.target == "registry.example:443");
    CHECK(connect.header("Proxy-Authorization") == "Basic bWU6c2VjcmV0");
    CHECK(server.requests().at(0).target == "/v2/");
    CHECK(server.requests().at(0).header("Proxy-Authorization").empty());
    CHECK(get({.tls = tls, .proxy = config}, "https://evil.example/").error().kind == FailureKind::tls);
}

TEST_CASE("a proxy that refuses is a failure that says what it answered") {
    const HttpServer proxy([](const Seen&) { return Reply{.status = 407}; });
    const http::ProxyConfig config =
        http::proxy_from_environment({{"HTTPS_PROXY", "http://" + proxy.authority()}}).value();
    const Outcome<Response> response = get({.proxy = config}, "https://registry.example/");
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::proxy);
    CHECK(response.error().error.why.contains("407"));
}

TEST_CASE("plain http goes through the proxy in absolute form") {
    const HttpServer proxy([](const Seen&) { return Reply{.body = "from the proxy"}; });
    const http::ProxyConfig config =
        http::proxy_from_environment({{"HTTP_PROXY", "http://me:secret@" + proxy.authority()}}).value();
    CHECK(get({.proxy = config}, "http://plain.example/x?y=1")->body == "from the proxy");
    CHECK(proxy.requests().at(0).target == "http://plain.example/x?y=1");
    CHECK(proxy.requests().at(0).header("Host") == "plain.example");
    CHECK(proxy.requests().at(0).header("Proxy-Authorization") == "Basic bWU6c2VjcmV0");
}
