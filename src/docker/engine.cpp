#include "docker/engine.hpp"

#include "text/base64.hpp"
#include "text/json.hpp"
#include "text/percent.hpp"
#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::docker {

namespace asio = boost::asio;
using text::fail;
using text::json_string;
using text::printable;

namespace {

constexpr std::string_view kDefaultSocket = "/var/run/docker.sock";
constexpr std::size_t kLongestLine = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds kNoLimit{0};
/// Between two signs of life of a pull or a load; unpacking a large layer is silent for a while.
constexpr std::chrono::minutes kSilence{10};

/// The engine answers errors as {"message": "…"}.
std::string engine_message(const http::Response& response) {
    const Result<boost::json::value> body = text::parse_json(response.body, "answer");
    const std::string message = body ? json_string(*body, "message") : response.body;
    return printable(text::trim(message), 400);
}

std::unexpected<Error> unexpected_status(std::string_view what, const http::Response& response) {
    return fail(fmt::format("The Docker Engine could not {}", what),
                fmt::format("it answered {}: {}", response.status, engine_message(response)));
}

std::string platform_architecture(const std::string& kernel_name) {
    if (kernel_name == "x86_64") return "amd64";
    if (kernel_name == "aarch64") return "arm64";
    return kernel_name;
}

std::vector<std::string> string_list(const boost::json::value& value, std::string_view path) {
    std::vector<std::string> list;
    const boost::json::value* found = text::find_json(value, path);
    if (found == nullptr || !found->is_array()) return list;
    for (const boost::json::value& entry : found->get_array()) {
        if (entry.is_string()) list.emplace_back(entry.get_string());
    }
    return list;
}

bool uses_containerd(const boost::json::value& info) {
    const boost::json::value* status = text::find_json(info, "DriverStatus");
    if (status == nullptr || !status->is_array()) return false;
    return std::ranges::any_of(status->get_array(), [](const boost::json::value& pair) {
        return pair == boost::json::value{"driver-type", "io.containerd.snapshotter.v1"};
    });
}

}  // namespace

Result<Engine> Engine::at(asio::any_io_executor executor, const std::string& docker_host) {
    http::ClientOptions options;
    std::string base = "http://docker";
    if (docker_host.empty()) {
        options.unix_socket = kDefaultSocket;
    } else if (docker_host.starts_with("unix://")) {
        options.unix_socket = docker_host.substr(7);
    } else if (docker_host.starts_with("tcp://")) {
        base = "http://" + docker_host.substr(6);
    } else {
        return fail("Invalid DOCKER_HOST",
                    fmt::format("'{}' is neither unix:// nor tcp://", printable(docker_host)),
                    "Mount the engine's socket, or leave DOCKER_HOST unset for /var/run/docker.sock.");
    }
    Result<http::Url> url = http::Url::parse(base);
    if (!url) return fail("Invalid DOCKER_HOST", url.error().why);
    return Engine(http::Client(std::move(executor), std::move(options)), *std::move(url));
}

asio::awaitable<Result<http::Response>> Engine::call(std::string what, http::Method method,
                                                     std::string target, std::vector<int> expected) {
    Result<http::Url> url = base_.with_target(target);
    if (!url) co_return std::unexpected(url.error());
    http::Request request{.method = method, .url = *std::move(url)};
    Result<http::Response> response = co_await client_.send(std::move(request));
    if (!response) {
        co_return fail(
            fmt::format("The Docker Engine could not {}", what), response.error().why,
            "Check that the engine runs and that its socket is mounted into the action's container.");
    }
    if (std::ranges::find(expected, response->status) == expected.end())
        co_return unexpected_status(what, *response);
    co_return response;
}

asio::awaitable<Result<EngineInfo>> Engine::info() {
    std::vector<int> expected{200};
    Result<http::Response> response =
        co_await call("say what it is", http::Method::get, "/info", std::move(expected));
    if (!response) co_return std::unexpected(response.error());
    Result<boost::json::value> body = text::parse_json(response->body, "answer of the Docker Engine");
    if (!body) co_return std::unexpected(body.error());
    co_return EngineInfo{.version = json_string(*body, "ServerVersion"),
                         .os = json_string(*body, "OSType"),
                         .architecture = platform_architecture(json_string(*body, "Architecture")),
                         .containerd_image_store = uses_containerd(*body)};
}

asio::awaitable<Result<std::optional<LocalImage>>> Engine::inspect(std::string image) {
    std::string target = fmt::format("/images/{}/json", image);
    std::vector<int> expected{200, 404};
    Result<http::Response> response =
        co_await call("look an image up", http::Method::get, std::move(target), std::move(expected));
    if (!response) co_return std::unexpected(response.error());
    if (response->status == 404) co_return std::optional<LocalImage>();
    Result<boost::json::value> body = text::parse_json(response->body, "answer of the Docker Engine");
    if (!body) co_return std::unexpected(body.error());
    LocalImage found{.id = json_string(*body, "Id"),
                     .names = string_list(*body, "RepoTags"),
                     .digests = string_list(*body, "RepoDigests"),
                     .labels = {},
                     .os = json_string(*body, "Os"),
                     .architecture = json_string(*body, "Architecture")};
    const boost::json::value* labels = text::find_json(*body, "Config.Labels");
    if (labels != nullptr && labels->is_object()) {
        for (const auto& [key, value] : labels->get_object()) {
            if (value.is_string()) found.labels.emplace(key, value.get_string());
        }
    }
    co_return found;
}

asio::awaitable<Result<void>> Engine::tag(std::string image, Reference name) {
    if (!name.tag()) co_return fail("Invalid name", fmt::format("{} has no tag", name.string()));
    std::string target =
        fmt::format("/images/{}/tag?repo={}&tag={}", image, text::percent_encode(name.name().string()),
                    text::percent_encode(name.tag()->string()));
    std::string what = fmt::format("name the image {}", name.string());
    std::vector<int> expected{201};
    Result<http::Response> response =
        co_await call(std::move(what), http::Method::post, std::move(target), std::move(expected));
    if (!response) co_return std::unexpected(response.error());
    co_return Result<void>();
}

asio::awaitable<Result<void>> Engine::remove(std::string image) {
    std::string target = fmt::format("/images/{}", image);
    std::vector<int> expected{200, 404};
    Result<http::Response> response =
        co_await call("remove an image", http::Method::delete_, std::move(target), std::move(expected));
    if (!response) co_return std::unexpected(response.error());
    co_return Result<void>();
}

asio::awaitable<Result<void>> Engine::pull(Reference image, std::optional<PullCredential> credential) {
    const std::string version = image.digest() ? image.digest()->string() : image.tag()->string();
    const std::string target =
        fmt::format("/images/create?fromImage={}&tag={}", text::percent_encode(image.name().string()),
                    text::percent_encode(version));
    Result<http::Url> url = base_.with_target(target);
    if (!url) co_return std::unexpected(url.error());
    http::Request request{.method = http::Method::post, .url = *std::move(url)};
    request.timeouts.idle = kSilence;
    request.timeouts.total = kNoLimit;
    if (credential) {
        const boost::json::object auth{{"username", credential->username},
                                       {"password", credential->password},
                                       {"serveraddress", image.name().host()}};
        request.headers.set("X-Registry-Auth", text::base64url_encode(boost::json::serialize(auth)));
    }
    ProgressStream progress;
    request.sink.write = [&progress](std::string_view piece) -> asio::awaitable<Result<void>> {
        progress.feed(piece);
        co_return Result<void>();
    };
    Result<http::Response> response = co_await client_.send(std::move(request));
    if (!response) co_return std::unexpected(response.error());
    if (!response->ok()) co_return unexpected_status(fmt::format("pull {}", image.string()), *response);
    if (!progress.error().empty()) {
        co_return fail(fmt::format("The Docker Engine could not pull {}", image.string()),
                       printable(progress.error(), 400));
    }
    co_return Result<void>();
}

asio::awaitable<Result<std::vector<std::string>>> Engine::load(http::Source tar) {
    Result<http::Url> url = base_.with_target("/images/load?quiet=1");
    if (!url) co_return std::unexpected(url.error());
    http::Request request{.method = http::Method::post, .url = *std::move(url)};
    request.headers.set("Content-Type", "application/x-tar");
    request.body = std::move(tar);
    request.timeouts.idle = kSilence;
    request.timeouts.total = kNoLimit;
    ProgressStream progress;
    request.sink.write = [&progress](std::string_view piece) -> asio::awaitable<Result<void>> {
        progress.feed(piece);
        co_return Result<void>();
    };
    Result<http::Response> response = co_await client_.send(std::move(request));
    if (!response) co_return std::unexpected(response.error());
    if (!response->ok()) co_return unexpected_status("load the image", *response);
    if (!progress.error().empty()) {
        co_return fail("The Docker Engine could not load the image", printable(progress.error(), 400));
    }
    co_return progress.loaded();
}

void ProgressStream::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        overlong_ = overlong_ || pending_.size() + part.size() > kLongestLine;
        if (!overlong_) pending_ += part;
        if (end == std::string_view::npos) return;
        if (!overlong_) read_line(pending_);
        pending_.clear();
        overlong_ = false;
        bytes.remove_prefix(end + 1);
    }
}

void ProgressStream::read_line(std::string_view line) {
    const Result<boost::json::value> message = text::parse_json(line, "progress of the Docker Engine");
    if (!message) return;
    if (const std::string error = json_string(*message, "error"); !error.empty()) error_ = error;
    const std::string shown = json_string(*message, "stream");
    const std::string stream(text::trim(shown));
    for (const std::string_view prefix : {"Loaded image: ", "Loaded image ID: "}) {
        if (stream.starts_with(prefix)) loaded_.push_back(stream.substr(prefix.size()));
    }
}

}  // namespace pr_image::docker
