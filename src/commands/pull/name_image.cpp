#include "commands/pull/name_image.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using text::fail;

namespace {

asio::awaitable<Result<docker::LocalImage>> held_image(docker::Engine& engine, std::string name) {
    Result<std::optional<docker::LocalImage>> image = co_await engine.inspect(name);
    if (!image) co_return std::unexpected(image.error());
    if (!*image) {
        co_return fail("Image not in the engine", fmt::format("the engine does not hold {}", name),
                       "Look whether something else on this machine removes images.");
    }
    co_return **std::move(image);
}

}  // namespace

asio::awaitable<Result<docker::LocalImage>> name_image(const plan::PullPlan& plan, const Obtained& obtained,
                                                       docker::Engine& engine) {
    Result<docker::LocalImage> image = co_await held_image(engine, obtained.image);
    if (!image) co_return std::unexpected(image.error());
    for (const Reference& name : plan.names) {
        Result<void> tagged = co_await engine.tag(image->id, name);
        if (!tagged) co_return std::unexpected(tagged.error());
        Result<docker::LocalImage> named = co_await held_image(engine, name.string());
        if (!named) co_return std::unexpected(named.error());
        if (named->id != image->id) {
            co_return fail("Name taken", fmt::format("{} became another image meanwhile", name.string()),
                           "Do not run two steps at once that give an image the same name.");
        }
    }
    co_return image;
}

}  // namespace pr_image::commands
