#include "commands/verify_push.hpp"

#include "async/run_workers.hpp"
#include "registry/head_manifest.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using text::fail;

namespace {

using Held = registry::Outcome<std::optional<registry::Descriptor>>;

asio::awaitable<void> look_up(registry::Client client, Reference name, Held& held) {
    held = co_await registry::head_manifest(std::move(client), std::move(name));
}

}  // namespace

asio::awaitable<Result<Digest>> verify_push(registry::Client client, std::vector<Reference> names,
                                            std::optional<Digest> pushed) {
    std::vector<Held> held(names.size());
    std::vector<asio::awaitable<void>> looks;
    looks.reserve(held.size());
    for (std::size_t i = 0; i < names.size(); ++i)
        looks.push_back(look_up(client, names[i], held[i]));
    co_await async::run_workers(std::move(looks));

    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!held[i]) co_return std::unexpected(held[i].error().error);
        if (!*held[i]) {
            co_return fail("Push not found",
                           fmt::format("the registry does not hold {} after the push", names[i].string()),
                           "Run the job again; if it happens twice, ask the registry's operator.");
        }
        const Digest& digest = (*held[i])->digest;
        if (!pushed) pushed = digest;
        if (*pushed != digest) {
            co_return fail("Tag moved during the push",
                           fmt::format("{} was pushed as {}, but now is {}", names[i].string(),
                                       pushed->string(), digest.string()),
                           "Two builds push the same tag at the same time: give each its own variant.");
        }
    }
    co_return *std::move(pushed);
}

}  // namespace pr_image::commands
