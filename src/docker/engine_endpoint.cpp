#include "docker/engine_endpoint.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::docker {

namespace {

constexpr std::string_view kDefaultSocket = "/var/run/docker.sock";

std::string setting(const http::Environment& environment, std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

std::unexpected<Error> bad_host(const std::string& host, std::string why) {
    return text::fail("Invalid DOCKER_HOST", fmt::format("'{}' {}", text::printable(host), why),
                      "Set it to unix:///path/to/docker.sock or tcp://host:port, or leave it unset.");
}

EngineEndpoint on_socket(std::string path) {
    EngineEndpoint endpoint{.url = http::Url::parse("http://localhost/").value()};
    endpoint.name = "unix://" + path;
    endpoint.transport.unix_socket = std::move(path);
    return endpoint;
}

Result<EngineEndpoint> on_tcp(const http::Environment& environment, const std::string& host) {
    const std::string certificates = setting(environment, "DOCKER_CERT_PATH");
    const bool tls = !certificates.empty() || !setting(environment, "DOCKER_TLS_VERIFY").empty();
    const std::string_view address = std::string_view(host).substr(std::string_view("tcp://").size());
    Result<http::Url> url = http::Url::parse(fmt::format("{}://{}", tls ? "https" : "http", address));
    if (!url) return bad_host(host, "is no tcp://host:port");
    const bool has_port = address.rfind(':') != std::string_view::npos && !address.ends_with(']');
    if (!has_port) {
        url = http::Url::parse(fmt::format("{}://{}:{}", url->scheme(), url->authority(), tls ? 2376 : 2375));
    }
    TRY_ASSIGN(http::ClientOptions transport, http::client_options_from_environment(environment));
    if (tls) {
        const std::string folder =
            certificates.empty() ? setting(environment, "HOME") + "/.docker" : certificates;
        transport.tls = {.ca_file = folder + "/ca.pem",
                         .client_certificate = folder + "/cert.pem",
                         .client_key = folder + "/key.pem"};
    }
    return EngineEndpoint{*std::move(url), std::move(transport), host};
}

}  // namespace

Result<EngineEndpoint> engine_endpoint(const http::Environment& environment) {
    const std::string host = setting(environment, "DOCKER_HOST");
    if (host.empty()) return on_socket(std::string(kDefaultSocket));
    if (host.starts_with("unix://")) {
        std::string path = host.substr(std::string_view("unix://").size());
        if (!path.starts_with('/')) return bad_host(host, "has no absolute path");
        return on_socket(std::move(path));
    }
    if (host.starts_with("tcp://")) return on_tcp(environment, host);
    return bad_host(host, "is neither unix:// nor tcp://");
}

}  // namespace pr_image::docker
