#pragma once

#include "docker/engine_endpoint.hpp"
#include "docker/engine_progress.hpp"
#include "http/client.hpp"
#include "http/message.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// What the engine says of itself.
struct EngineInfo {
    std::string version;       ///< "28.5.2"
    std::string api_version;   ///< "1.51"
    std::string os;            ///< "linux"
    std::string architecture;  ///< in image terms: "amd64", not "x86_64"
    bool containerd_image_store = false;
};

/// An image in the engine.
struct LocalImage {
    std::string id;                    ///< "sha256:…"
    std::vector<std::string> names;    ///< as the engine writes them: "app:1", not "docker.io/library/app:1"
    std::vector<std::string> digests;  ///< "name@sha256:…"
    std::string os;
    std::string architecture;
    std::string variant;
    std::map<std::string, std::string> labels;
};

/// A container, as far as others have to know it.
struct LocalContainer {
    std::string id;
    std::string image;  ///< the image's id
    bool running = false;
};

/// How a container ended that was run to its end.
struct ContainerEnd {
    int status = -1;
    std::string said;  ///< what it printed, as it came
};

/// The credential that the engine uses for one pull.
struct PullCredential {
    std::string username;
    std::string password;
};

/// The Docker Engine's API over its socket (docs.docker.com/reference/api/engine), without a version in the
/// path: the engine then answers in its newest, and nothing here is newer than 1.24. Errors say whether the
/// engine is missing, refuses us, or refused the request, in its own words.
class Engine {
  public:
    /// Takes where it is (engine_endpoint()); connects when first asked.
    Engine(boost::asio::any_io_executor executor, EngineEndpoint endpoint);

    /// Takes the environment that says where the engine is. Errors as engine_endpoint().
    static Result<Engine> at(boost::asio::any_io_executor executor, const http::Environment& environment);

    /// `GET /info`: one request tells everything.
    boost::asio::awaitable<Result<EngineInfo>> info();

    /// Takes a name with tag or digest, or an id; gives the image, or nothing when the engine has none.
    boost::asio::awaitable<Result<std::optional<LocalImage>>> inspect(std::string image);

    /// Gives the image one more name, which it takes away from whatever had it. An Error when there is no
    /// such image.
    boost::asio::awaitable<Result<void>> tag(std::string image, Reference name);

    /// Takes a name away; the image goes with its last one, unless a container needs it. Gives false when
    /// there is no such name.
    boost::asio::awaitable<Result<bool>> remove(std::string image);

    /// Streams a tar (docker's format or an OCI layout, compressed or not) into the engine; gives what it
    /// loaded, by name, or by id for what has no name. An Error when it holds no image, or one that the
    /// engine could not unpack, which it then has all the same.
    boost::asio::awaitable<Result<std::vector<std::string>>> load(
        http::Source tar, EngineProgressReader::Handler progress = {});

    /// Streams an image into the sink as a tar in docker's format, with that name in it. Errors: no such
    /// image, and the sink's own.
    boost::asio::awaitable<Result<void>> save(Reference name, http::Sink tar);

    /// Pulls by digest where the reference has one, else by tag; `platform` ("linux/arm64") may be empty. The
    /// credential goes to the engine for this one pull. An Error when the registry refuses, also in the
    /// middle.
    boost::asio::awaitable<Result<void>> pull(Reference image, std::optional<PullCredential> credential,
                                              std::string platform = {},
                                              EngineProgressReader::Handler progress = {});

    /// Takes a container's id or name; gives it, or nothing when there is none.
    boost::asio::awaitable<Result<std::optional<LocalContainer>>> inspect_container(std::string container);

    /// Takes an image that the engine has and arguments for its entry point; runs a container of it with all
    /// rights on the machine and no network, waits for its end, and removes it. An Error when the engine
    /// cannot; a container that fails is none.
    boost::asio::awaitable<Result<ContainerEnd>> run_privileged(std::string image,
                                                                std::vector<std::string> arguments);

  private:
    boost::asio::awaitable<Result<http::Response>> ask_container(std::string what, http::Method method,
                                                                 std::string target, std::string body);
    boost::asio::awaitable<Result<http::Response>> send(std::string what, http::Request request);
    [[nodiscard]] Result<http::Request> request(http::Method method, std::string_view target) const;

    EngineEndpoint endpoint_;
    http::Client transport_;
};

/// Takes what `uname -m` says, as the engine reports it; gives the architecture in image terms (GOARCH).
std::string image_architecture(std::string_view machine);

}  // namespace pr_image::docker
