#include "docker/load_image.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace pr_image::docker {

namespace {

namespace asio = boost::asio;

/// Whatever else has a name for the same image keeps it.
asio::awaitable<void> remove_nameless(Engine& engine, std::string id) {
    const Result<std::optional<LocalImage>> held = co_await engine.inspect(id);
    if (!held || !*held || !(*held)->names.empty() || !(*held)->digests.empty()) co_return;
    co_await engine.remove(std::move(id));
}

}  // namespace

asio::awaitable<Result<std::string>> load_image(Engine& engine, const VerifiedImage& image) {
    const std::string target = image.content().target.digest.string();
    const std::string config = image.content().config.digest.string();
    const Result<std::vector<std::string>> loaded = co_await engine.load(image.tar());
    if (!loaded) {
        co_await remove_nameless(engine, target);
        co_return std::unexpected(loaded.error());
    }
    if (loaded->size() == 1 && (loaded->front() == target || loaded->front() == config))
        co_return loaded->front();
    co_return text::fail("Image not loaded", fmt::format("the engine says that it has loaded {}, and not {}",
                                                         text::printable(text::join(*loaded, ", ")), target));
}

}  // namespace pr_image::docker
