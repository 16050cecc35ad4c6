#pragma once

#include "http/client.hpp"
#include "http/message.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// What the engine says of itself.
struct EngineInfo {
    std::string version;                  ///< "28.5.2"
    std::string os;                       ///< "linux"
    std::string architecture;             ///< as platforms have it: "amd64", "arm64"
    bool containerd_image_store = false;  ///< images live in containerd and not in a graph driver
};

/// An image that the engine holds.
struct LocalImage {
    std::string id;  ///< digest of the configuration or, with containerd's store, of the index
    std::vector<std::string> names;    ///< name:tag
    std::vector<std::string> digests;  ///< name@digest, for what came from or went to a registry
    std::map<std::string, std::string> labels;
    std::string os;
    std::string architecture;
};

/// A user and password for a registry that the engine pulls from.
struct PullCredential {
    std::string username;
    std::string password;
};

/// The Docker Engine's API over its socket (Docker Engine API, v1.44 and later): what the docker CLI would
/// otherwise be needed for. Every Error names the call, and says what the engine said.
class Engine {
  public:
    /// Takes DOCKER_HOST's value: `unix://` and a path, `tcp://` and host:port, or empty for
    /// /var/run/docker.sock. An Error says that it is something else.
    static Result<Engine> at(boost::asio::any_io_executor executor, const std::string& docker_host);

    /// Asks who the engine is. The Error of an engine that is not there says how to give the step one.
    boost::asio::awaitable<Result<EngineInfo>> info();

    /// Looks an image up by name, digest or ID; nothing when the engine does not hold it.
    boost::asio::awaitable<Result<std::optional<LocalImage>>> inspect(std::string image);

    /// Gives the image one more name. The name is taken from another image that has it, as `docker tag` does.
    boost::asio::awaitable<Result<void>> tag(std::string image, Reference name);

    /// Takes one name from an image, and the image itself with its last name. No such image is a success.
    boost::asio::awaitable<Result<void>> remove(std::string image);

    /// Pulls an image. `credential` goes to the engine and from there to the image's registry only.
    boost::asio::awaitable<Result<void>> pull(Reference image, std::optional<PullCredential> credential);

    /// Loads a docker-format tar; gives the names (or IDs of nameless images) that it brought.
    boost::asio::awaitable<Result<std::vector<std::string>>> load(http::Source tar);

  private:
    Engine(http::Client client, http::Url base) : client_(std::move(client)), base_(std::move(base)) {}
    boost::asio::awaitable<Result<http::Response>> call(std::string what, http::Method method,
                                                        std::string target, std::vector<int> expected);
    http::Client client_;
    http::Url base_;
};

/// Reads the stream of JSON objects that the engine answers a pull or load with, piece by piece. The stream's
/// HTTP status is 200 even when it ends in an error object.
class ProgressStream {
  public:
    /// Takes the next bytes. Lines longer than 64 KiB are dropped: no message of the engine's is that long.
    void feed(std::string_view bytes);
    /// The engine's error message, if one came.
    [[nodiscard]] const std::string& error() const { return error_; }
    /// What follows "Loaded image: " and "Loaded image ID: ".
    [[nodiscard]] const std::vector<std::string>& loaded() const { return loaded_; }

  private:
    void read_line(std::string_view line);
    std::string pending_;
    bool overlong_ = false;
    std::string error_;
    std::vector<std::string> loaded_;
};

}  // namespace pr_image::docker
