#include "docker/engine.hpp"

#include "text/json.hpp"
#include "text/percent.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace pr_image::docker {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// The engine takes the slashes of an image's name as they are, and everything else only encoded.
std::string in_path(std::string_view name) {
    std::string path = text::percent_encode(name);
    for (const auto& [encoded, plain] :
         {std::pair{"%2F", "/"}, std::pair{"%3A", ":"}, std::pair{"%40", "@"}}) {
        for (std::size_t at = path.find(encoded); at != std::string::npos; at = path.find(encoded, at)) {
            path.replace(at, 3, plain);
        }
    }
    return path;
}

std::vector<std::string> strings(const json::value& root, std::string_view member) {
    std::vector<std::string> list;
    const json::value* found = text::find_json(root, member);
    const json::array* array = found == nullptr ? nullptr : found->if_array();
    if (array == nullptr) return list;
    for (const json::value& entry : *array) {
        if (const json::string* text = entry.if_string()) list.emplace_back(*text);
    }
    return list;
}

std::map<std::string, std::string> labels_of(const json::value& root) {
    std::map<std::string, std::string> labels;
    const json::value* found = text::find_json(root, "Config.Labels");
    const json::object* object = found == nullptr ? nullptr : found->if_object();
    if (object == nullptr) return labels;
    for (const auto& [name, value] : *object) {
        if (const json::string* text = value.if_string()) labels.emplace(name, *text);
    }
    return labels;
}

// DriverStatus is a list of [name, value] pairs; the snapshotter's is how `docker info` tells it too.
bool has_containerd_store(const json::value& root) {
    const json::value* found = text::find_json(root, "DriverStatus");
    const json::array* pairs = found == nullptr ? nullptr : found->if_array();
    if (pairs == nullptr) return false;
    for (const json::value& entry : *pairs) {
        const json::array* pair = entry.if_array();
        if (pair == nullptr || pair->size() != 2) continue;
        const json::string* name = (*pair)[0].if_string();
        const json::string* value = (*pair)[1].if_string();
        if (name != nullptr && value != nullptr && *name == "driver-type" &&
            *value == "io.containerd.snapshotter.v1") {
            return true;
        }
    }
    return false;
}

std::unexpected<Error> refused(std::string what, const http::Response& response) {
    const Result<json::value> root = text::parse_json(response.body, "error");
    const std::string message = root ? text::json_string(*root, "message") : "";
    return text::fail(std::move(what), message.empty()
                                           ? fmt::format("the engine answered HTTP {}", response.status)
                                           : text::printable(message, 400));
}

Error unreachable(const EngineEndpoint& endpoint, const http::Failure& failure) {
    Error error{"Cannot talk to the Docker Engine", "", ""};
    if (failure.code == boost::system::errc::no_such_file_or_directory) {
        error.why = fmt::format("{} does not exist", text::printable(endpoint.name));
        error.fix = "Start the engine, or set DOCKER_HOST to where it listens.";
    } else if (failure.code == boost::system::errc::permission_denied) {
        error.why = fmt::format("permission denied on {}", text::printable(endpoint.name));
        error.fix = "Run as root or as a member of the group docker.";
    } else if (failure.code == boost::system::errc::connection_refused) {
        error.why = fmt::format("nobody listens on {}", text::printable(endpoint.name));
        error.fix = "Start the engine, or set DOCKER_HOST to where it listens.";
    } else {
        error.why = fmt::format("{}: {}", text::printable(endpoint.name), failure.error.why);
        error.fix = failure.error.fix;
    }
    return error;
}

}  // namespace

std::string image_architecture(std::string_view machine) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names = {{{"x86_64", "amd64"},
                                                                                     {"aarch64", "arm64"},
                                                                                     {"armv7l", "arm"},
                                                                                     {"armv6l", "arm"},
                                                                                     {"i686", "386"},
                                                                                     {"i386", "386"}}};
    for (const auto& [uname, image] : names) {
        if (machine == uname) return std::string(image);
    }
    return std::string(machine);
}

Engine::Engine(asio::any_io_executor executor, EngineEndpoint endpoint)
    : endpoint_(std::move(endpoint)), transport_(std::move(executor), endpoint_.transport) {}

Result<Engine> Engine::at(asio::any_io_executor executor, const http::Environment& environment) {
    TRY_ASSIGN(EngineEndpoint endpoint, engine_endpoint(environment));
    return Engine(std::move(executor), std::move(endpoint));
}

Result<http::Request> Engine::request(http::Method method, std::string_view target) const {
    TRY_ASSIGN(http::Url url, endpoint_.url.with_target(target));
    http::Request made{.method = method, .url = std::move(url)};
    made.redirects = 0;
    return made;
}

asio::awaitable<Result<http::Response>> Engine::send(std::string what, http::Request request) {
    http::Outcome<http::Response> response = co_await transport_.exchange(std::move(request));
    if (response) co_return *std::move(response);
    if (response.error().kind == http::FailureKind::cancelled ||
        response.error().kind == http::FailureKind::local) {
        Error error = std::move(response).error().error;
        error.what = std::move(what);
        co_return std::unexpected(std::move(error));
    }
    co_return std::unexpected(unreachable(endpoint_, response.error()));
}

asio::awaitable<Result<EngineInfo>> Engine::info() {
    const std::string what = "Cannot ask the Docker Engine what it is";
    CO_TRY_ASSIGN(http::Request ask, request(http::Method::get, "/info"));
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(ask)));
    if (!response.ok()) co_return refused(what, response);
    CO_TRY_ASSIGN(const json::value root, text::parse_json(response.body, "engine's info"));
    co_return EngineInfo{.version = text::json_string(root, "ServerVersion"),
                         .api_version = std::string(response.headers.get("Api-Version").value_or("")),
                         .os = text::json_string(root, "OSType"),
                         .architecture = image_architecture(text::json_string(root, "Architecture")),
                         .containerd_image_store = has_containerd_store(root)};
}

asio::awaitable<Result<std::optional<LocalImage>>> Engine::inspect(std::string image) {
    const std::string what = fmt::format("Cannot inspect {}", text::printable(image));
    CO_TRY_ASSIGN(http::Request ask, request(http::Method::get, "/images/" + in_path(image) + "/json"));
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(ask)));
    if (response.status == 404) co_return std::nullopt;
    if (!response.ok()) co_return refused(what, response);
    CO_TRY_ASSIGN(const json::value root, text::parse_json(response.body, "engine's image"));
    co_return LocalImage{.id = text::json_string(root, "Id"),
                         .names = strings(root, "RepoTags"),
                         .digests = strings(root, "RepoDigests"),
                         .os = text::json_string(root, "Os"),
                         .architecture = text::json_string(root, "Architecture"),
                         .variant = text::json_string(root, "Variant"),
                         .labels = labels_of(root)};
}

asio::awaitable<Result<void>> Engine::tag(std::string image, Reference name) {
    const std::string what = fmt::format("Cannot tag {} as {}", text::printable(image), name.string());
    if (!name.tag()) co_return text::fail(what, "the new name has no tag");
    CO_TRY_ASSIGN(http::Request ask, request(http::Method::post, "/images/" + in_path(image) + "/tag"));
    ask.url = ask.url.with_query("repo", name.name().string()).with_query("tag", name.tag()->string());
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(ask)));
    if (!response.ok()) co_return refused(what, response);
    co_return Result<void>{};
}

asio::awaitable<Result<bool>> Engine::remove(std::string image) {
    const std::string what = fmt::format("Cannot remove {}", text::printable(image));
    CO_TRY_ASSIGN(http::Request ask, request(http::Method::delete_, "/images/" + in_path(image)));
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(ask)));
    if (response.status == 404) co_return false;
    if (!response.ok()) co_return refused(what, response);
    co_return true;
}

asio::awaitable<Result<std::optional<LocalContainer>>> Engine::inspect_container(std::string container) {
    const std::string what = fmt::format("Cannot inspect the container {}", text::printable(container));
    CO_TRY_ASSIGN(http::Request ask,
                  request(http::Method::get, "/containers/" + text::percent_encode(container) + "/json"));
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(ask)));
    if (response.status == 404) co_return std::nullopt;
    if (!response.ok()) co_return refused(what, response);
    CO_TRY_ASSIGN(const json::value root, text::parse_json(response.body, "engine's container"));
    const json::value* running = text::find_json(root, "State.Running");
    co_return LocalContainer{.id = text::json_string(root, "Id"),
                             .image = text::json_string(root, "Image"),
                             .running = running != nullptr && running->is_bool() && running->get_bool()};
}

}  // namespace pr_image::docker
