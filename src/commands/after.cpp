#include "commands/after.hpp"

#include "actions/command_file.hpp"
#include "docker/builder.hpp"
#include "docker/buildx.hpp"
#include "process/interruption.hpp"
#include "process/private_directory.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

plan::Builder noted_builder(std::string_view state) {
    plan::Builder builder{.driver = plan::Driver::docker_container, .name = {}, .why = {}};
    for (const std::string_view line : text::split(state, '\n')) {
        if (builder.name.empty()) {
            builder.name = line;
        } else {
            builder.nodes.push_back({.platforms = {}, .endpoint = std::string(line), .driver_opts = {}});
        }
    }
    return builder;
}

/// buildx removes what its list names: a list of this step's own names the builder once more.
asio::awaitable<Result<void>> remove(const actions::Environment& environment, plan::Builder builder,
                                     process::Interruption& interruption) {
    const docker::Variables& variables = environment.variables();
    CO_TRY_ASSIGN(const docker::Buildx buildx, co_await docker::find_buildx(variables));
    CO_TRY_ASSIGN(const process::PrivateDirectory directory, process::PrivateDirectory::create({}));
    const docker::BuildxFolders folders{
        .config = directory.path(),
        .temporary = directory.path(),
        .builders = docker::builders_for(builder, variables, directory.path())};
    const std::vector<std::string> started = docker::buildx_environment(variables, folders, {});
    CO_TRY(co_await docker::ensure_builder(builder, buildx, started, folders.builders, &interruption));
    co_return co_await docker::remove_builder(builder.name, buildx, started, &interruption);
}

}  // namespace

std::string builder_state(const plan::Builder& builder) {
    std::string state = builder.name;
    for (const plan::BuilderNode& node : builder.nodes)
        state += "\n" + node.endpoint;
    return state;
}

int after(const actions::Environment& environment, actions::Log& log) {
    const std::string state = actions::saved_state(environment, kBuilderState);
    if (state.empty()) return 0;
    const plan::Builder builder = noted_builder(state);
    asio::io_context loop(1);
    process::Interruption interruption(loop.get_executor());
    Result<void> removed = interruption.listen();
    if (removed) {
        asio::co_spawn(loop, remove(environment, builder, interruption),
                       [&](const std::exception_ptr& thrown, Result<void> result) {
                           if (thrown) std::rethrow_exception(thrown);
                           removed = std::move(result);
                           interruption.stop();
                       });
        loop.run();
    }
    if (removed) {
        log.line(fmt::format("Builder {} removed", text::printable(builder.name)));
    } else {
        log.warning({"Builder not removed", text::to_string(removed.error()), {}, {}});
    }
    return 0;
}

}  // namespace pr_image::commands
