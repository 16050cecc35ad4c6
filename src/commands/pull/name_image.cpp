#include "commands/pull/name_image.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using text::fail;

namespace {

asio::awaitable<Result<docker::LocalImage>> held_image(docker::Engine& engine, std::string name) {
    CO_TRY_ASSIGN(std::optional<docker::LocalImage> image, co_await engine.inspect(name));
    if (!image) {
        co_return fail("Image not in the engine", fmt::format("the engine does not hold {}", name),
                       "Look whether something else on this machine removes images.");
    }
    co_return *std::move(image);
}

}  // namespace

asio::awaitable<Result<docker::LocalImage>> name_image(const plan::PullPlan& plan, const Obtained& obtained,
                                                       docker::Engine& engine) {
    CO_TRY_ASSIGN(docker::LocalImage image, co_await held_image(engine, obtained.image));
    // What a rebuild is of was checked out here.
    if (obtained.source != plan::Source::cache) {
        CO_TRY(plan::verify_commit(image.labels, plan));
    }
    for (const Reference& name : plan.names) {
        CO_TRY(co_await engine.tag(image.id, name));
        CO_TRY_ASSIGN(docker::LocalImage named, co_await held_image(engine, name.string()));
        if (named.id != image.id) {
            co_return fail("Name taken", fmt::format("{} became another image meanwhile", name.string()),
                           "Do not run two steps at once that give an image the same name.");
        }
    }
    co_return image;
}

}  // namespace pr_image::commands
