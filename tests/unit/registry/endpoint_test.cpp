#include "registry/endpoint.hpp"

#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <atomic>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using http::Outcome;
using http::Url;

namespace {

Outcome<Url> find(const std::string& host, std::vector<std::string> insecure = {},
                  http::TlsOptions tls = {}) {
    boost::asio::io_context context;
    http::Client client(context.get_executor(), {.tls = std::move(tls)});
    registry::Endpoints endpoints(client, std::move(insecure), {});
    return fakes::run_coroutine(context, endpoints.find(host));
}

}  // namespace

TEST_CASE("only loopback and listed registries may do without TLS") {
    const std::vector<std::string> insecure = {"registry.local", "10.0.0.1:5000", "[fd00::1]"};
    const auto [host, plain] = GENERATE(table<std::string, bool>({
        {"localhost:5000", true},
        {"127.0.0.1", true},
        {"[::1]:5000", true},
        {"registry.local", true},
        {"registry.local:5000", true},
        {"10.0.0.1:5000", true},
        {"10.0.0.1:5001", false},
        {"10.0.0.1", false},
        {"[fd00::1]:5000", true},
        {"ghcr.io", false},
        {"evil.registry.local", false},
        {"127.0.0.1.evil.example", false},
    }));
    CAPTURE(host);
    CHECK(registry::may_be_plain(host, insecure) == plain);
}

TEST_CASE("a registry that has to have TLS is not asked whether it has") {
    CHECK(find("registry.invalid")->string() == "https://registry.invalid/v2/");
    CHECK(registry::api_host(ImageName::parse("nginx").value()) == "registry-1.docker.io");
    CHECK(registry::api_host(ImageName::parse("ghcr.io/a/b").value()) == "ghcr.io");
}

TEST_CASE("a loopback registry without TLS is found") {
    const int status = GENERATE(200, 401, 404);
    const HttpServer server([&](const Seen&) { return Reply{.status = status}; });
    CHECK(find(server.authority())->origin() == "http://" + server.authority());
}

TEST_CASE("a loopback registry with TLS is found, and one of Go's that says so") {
    const fakes::TestCa ca;
    const HttpServer server([](const Seen&) { return Reply{}; }, {.tls = ca.issue({"127.0.0.1"})});
    CHECK(find(server.authority())->origin() == "https://" + server.authority());
    const HttpServer go([](const Seen&) {
        return Reply{.raw =
                         "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"};
    });
    CHECK(find(go.authority())->origin() == "https://" + go.authority());
}

TEST_CASE("a registry that is asked keeps no secret from nobody: the question carries no credential") {
    const HttpServer server([](const Seen&) { return Reply{}; });
    REQUIRE(find(server.authority()));
    CHECK(server.requests().at(0).header("Authorization").empty());
    CHECK(server.requests().at(0).target == "/v2/");
}

TEST_CASE("those who ask at once where a registry is go by one answer") {
    std::atomic<int> asked = 0;
    const HttpServer server([&](const Seen&) { return Reply{.status = ++asked == 1 ? 200 : 400}; });
    boost::asio::io_context context;
    const http::Client client(context.get_executor(), {});
    registry::Endpoints endpoints(client, {}, {});
    std::vector<std::string> found;
    const auto look = [&](registry::Endpoints& where) -> boost::asio::awaitable<void> {
        const Outcome<Url> url = co_await where.find(server.authority());
        if (url) found.push_back(url->origin());
    };
    for (int i = 0; i < 3; ++i)
        boost::asio::co_spawn(context, look(endpoints), boost::asio::detached);
    context.run();
    CHECK(found == std::vector<std::string>(3, found.at(0)));
}
