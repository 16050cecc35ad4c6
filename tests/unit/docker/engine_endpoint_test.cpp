#include "docker/engine_endpoint.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using docker::engine_endpoint;
using docker::EngineEndpoint;

TEST_CASE("the engine is where DOCKER_HOST says, or at docker's own socket") {
    const auto [host, socket, origin] = GENERATE(table<std::string, std::string, std::string>({
        {"", "/var/run/docker.sock", "http://localhost"},
        {"unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock", "http://localhost"},
        {"tcp://127.0.0.1:2375", "", "http://127.0.0.1:2375"},
        {"tcp://engine.example", "", "http://engine.example:2375"},
        {"tcp://[::1]:1234", "", "http://[::1]:1234"},
        {"tcp://[::1]", "", "http://[::1]:2375"},
        {"tcp://engine.example:80", "", "http://engine.example"},
    }));
    const Result<EngineEndpoint> endpoint = engine_endpoint({{"DOCKER_HOST", host}});
    REQUIRE(endpoint);
    CHECK(endpoint->transport.unix_socket == socket);
    CHECK(endpoint->url.origin() == origin);
    CHECK(engine_endpoint({}).value().transport.unix_socket == "/var/run/docker.sock");
}

TEST_CASE("TLS is asked for by either of docker's variables, and verified with the engine's own CA alone") {
    const auto [path, verify, folder] = GENERATE(table<std::string, std::string, std::string>({
        {"/certs", "1", "/certs"},
        {"/certs", "", "/certs"},
        {"", "1", "/root/.docker"},
    }));
    const Result<EngineEndpoint> endpoint = engine_endpoint({{"DOCKER_HOST", "tcp://engine.example"},
                                                             {"DOCKER_CERT_PATH", path},
                                                             {"DOCKER_TLS_VERIFY", verify},
                                                             {"HOME", "/root"}});
    REQUIRE(endpoint);
    CHECK(endpoint->url.origin() == "https://engine.example:2376");
    CHECK(endpoint->transport.tls.ca_file == folder + "/ca.pem");
    CHECK(endpoint->transport.tls.client_certificate == folder + "/cert.pem");
    CHECK(endpoint->transport.tls.client_key == folder + "/key.pem");
    CHECK_FALSE(endpoint->transport.tls.and_system);
}

TEST_CASE("a DOCKER_HOST that this program cannot talk to is refused by name") {
    const std::string host = GENERATE("ssh://me@host", "npipe:////./pipe/docker_engine", "fd://", "unix://",
                                      "unix://relative.sock", "tcp://", "tcp://host:99999", "tcp://ho st:1",
                                      "/var/run/docker.sock", "tcp://user:secret@host:1");
    CAPTURE(host);
    const Result<EngineEndpoint> endpoint = engine_endpoint({{"DOCKER_HOST", host}});
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().what.contains("DOCKER_HOST"));
    CHECK_FALSE(endpoint.error().fix.empty());
}
