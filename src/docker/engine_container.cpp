#include "docker/engine.hpp"
#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace pr_image::docker {

namespace {

namespace asio = boost::asio;

constexpr std::chrono::minutes kLongestRun{5};

Error refusal(const std::string& what, const http::Response& response) {
    const Result<boost::json::value> root = text::parse_json(response.body, "error");
    const std::string message = root ? text::json_string(*root, "message") : "";
    return {what,
            message.empty() ? fmt::format("the engine answered HTTP {}", response.status)
                            : text::printable(message, 400),
            ""};
}

std::string creation(const std::string& image, const std::vector<std::string>& arguments) {
    boost::json::array command;
    for (const std::string& argument : arguments)
        command.emplace_back(argument);
    // With a terminal its output is one stream of text.
    return boost::json::serialize(
        boost::json::object{{"Image", image},
                            {"Cmd", std::move(command)},
                            {"Tty", true},
                            {"HostConfig", {{"Privileged", true}, {"NetworkMode", "none"}}}});
}

}  // namespace

asio::awaitable<Result<http::Response>> Engine::ask_container(std::string what, http::Method method,
                                                              std::string target, std::string body) {
    CO_TRY_ASSIGN(http::Request ask, request(method, target));
    if (!body.empty()) {
        ask.headers.set("Content-Type", "application/json");
        ask.body = std::move(body);
    }
    ask.timeouts.total = kLongestRun;
    ask.timeouts.idle = kLongestRun;
    Result<http::Response> response = co_await send(what, std::move(ask));
    if (response && !response->ok()) co_return std::unexpected(refusal(what, *response));
    co_return response;
}

asio::awaitable<Result<ContainerEnd>> Engine::run_privileged(std::string image,
                                                             std::vector<std::string> arguments) {
    const std::string what = fmt::format("Cannot run {}", text::printable(image));
    CO_TRY_ASSIGN(
        const http::Response created,
        co_await ask_container(what, http::Method::post, "/containers/create", creation(image, arguments)));
    const Result<boost::json::value> root = text::parse_json(created.body, "engine's container");
    const std::string id = root ? text::json_string(*root, "Id") : std::string();
    if (id.empty()) co_return text::fail(what, "the engine gave the container no id");
    const std::string container = "/containers/" + id;

    ContainerEnd end;
    Result<http::Response> done =
        co_await ask_container(what, http::Method::post, container + "/start", std::string());
    if (done) done = co_await ask_container(what, http::Method::post, container + "/wait", std::string());
    if (done) {
        const Result<boost::json::value> status = text::parse_json(done->body, "container's end");
        const auto code = status ? text::json_number(*status, "StatusCode") : std::nullopt;
        end.status = code ? static_cast<int>(*code) : -1;
        done = co_await ask_container(what, http::Method::get, container + "/logs?stdout=1&stderr=1",
                                      std::string());
        if (done) end.said = done->body;
    }
    co_await ask_container(what, http::Method::delete_, container + "?force=1", std::string());
    CO_TRY(std::move(done));
    co_return end;
}

}  // namespace pr_image::docker
