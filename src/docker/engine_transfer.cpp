#include "docker/engine.hpp"
#include "text/base64.hpp"
#include "text/try.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

namespace pr_image::docker {

namespace {

namespace asio = boost::asio;

// A registry that is slow, or a large layer that is unpacked, says nothing for minutes.
constexpr std::chrono::minutes kLongestSilence{10};

http::Sink sink_into(std::shared_ptr<EngineProgressReader> reader) {
    return {.write = [reader = std::move(reader)](std::string_view piece) -> asio::awaitable<Result<void>> {
        reader->feed(piece);
        co_return Result<void>{};
    }};
}

std::string registry_auth(const std::string& host, const PullCredential& credential) {
    // Docker Hub is known to the engine by the address of its first API.
    const std::string server = host == "docker.io" ? "https://index.docker.io/v1/" : host;
    const boost::json::object json = {
        {"username", credential.username}, {"password", credential.password}, {"serveraddress", server}};
    return text::base64url_encode(boost::json::serialize(json));
}

Error refused(std::string what, const http::Response& response) {
    return {
        std::move(what),
        fmt::format("the engine answered HTTP {}: {}", response.status, text::printable(response.body, 400)),
        ""};
}

}  // namespace

asio::awaitable<Result<std::vector<std::string>>> Engine::load(http::Source tar,
                                                               EngineProgressReader::Handler progress) {
    const std::string what = "Cannot load the image into the Docker Engine";
    CO_TRY_ASSIGN(http::Request load, request(http::Method::post, "/images/load?quiet=1"));
    load.headers.set("Content-Type", "application/x-tar");
    load.body = std::move(tar);
    load.timeouts.total = {};
    load.timeouts.idle = kLongestSilence;

    auto loaded = std::make_shared<std::vector<std::string>>();
    auto not_unpacked = std::make_shared<std::string>();
    const auto collect = [loaded, not_unpacked, progress = std::move(progress)](const EngineProgress& step) {
        // No error to the engine, which goes on to say that the image is loaded.
        if (step.text.starts_with("Error unpacking image ")) *not_unpacked = step.text;
        for (const std::string_view mark : {"Loaded image: ", "Loaded image ID: "}) {
            if (!step.text.starts_with(mark)) continue;
            const std::string_view name = std::string_view(step.text).substr(mark.size());
            loaded->emplace_back(name.substr(0, name.find('\n')));
        }
        if (progress) progress(step);
    };
    auto reader = std::make_shared<EngineProgressReader>(collect);
    load.sink = sink_into(reader);
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(load)));
    if (!response.ok()) co_return std::unexpected(refused(what, response));
    if (const std::optional<std::string> error = reader->finish()) {
        co_return text::fail(what, text::printable(*error, 400));
    }
    if (!not_unpacked->empty()) co_return text::fail(what, text::printable(*not_unpacked, 400));
    if (loaded->empty()) co_return text::fail(what, "the tar holds no image");
    co_return *loaded;
}

asio::awaitable<Result<void>> Engine::save(Reference name, http::Sink tar) {
    const std::string what = fmt::format("Cannot save {}", name.string());
    CO_TRY_ASSIGN(http::Request save, request(http::Method::get, "/images/get"));
    save.url = save.url.with_query("names", name.string());
    save.sink = std::move(tar);
    save.timeouts.total = {};
    save.timeouts.idle = kLongestSilence;
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(save)));
    if (!response.ok()) co_return std::unexpected(refused(what, response));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Engine::pull(Reference reference, std::optional<PullCredential> credential,
                                           std::string platform, EngineProgressReader::Handler progress) {
    const std::string what = fmt::format("Cannot pull {}", reference.string());
    CO_TRY_ASSIGN(http::Request pull, request(http::Method::post, "/images/create"));
    const std::string version = reference.digest() ? reference.digest()->string() : reference.tag()->string();
    pull.url = pull.url.with_query("fromImage", reference.name().string()).with_query("tag", version);
    if (!platform.empty()) pull.url = pull.url.with_query("platform", platform);
    if (credential) pull.headers.set("X-Registry-Auth", registry_auth(reference.name().host(), *credential));
    pull.timeouts.total = {};
    pull.timeouts.idle = kLongestSilence;

    auto reader = std::make_shared<EngineProgressReader>(std::move(progress));
    pull.sink = sink_into(reader);
    CO_TRY_ASSIGN(http::Response response, co_await send(what, std::move(pull)));
    if (!response.ok()) co_return std::unexpected(refused(what, response));
    if (const std::optional<std::string> error = reader->finish()) {
        co_return text::fail(what, text::printable(*error, 400));
    }
    co_return Result<void>{};
}

}  // namespace pr_image::docker
