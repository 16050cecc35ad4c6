#include "commands/after.hpp"

#include "actions/command_file.hpp"
#include "docker/builder.hpp"
#include "docker/buildx.hpp"
#include "process/interruption.hpp"
#include "text/try.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <exception>
#include <string>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

asio::awaitable<Result<void>> remove(const actions::Environment& environment, std::string name,
                                     process::Interruption& interruption) {
    const docker::Variables& variables = environment.variables();
    CO_TRY_ASSIGN(docker::Buildx buildx, co_await docker::find_buildx(variables));
    const docker::BuildxFolders folders{
        .config = {}, .temporary = {}, .builders = docker::builders_folder(variables)};
    std::vector<std::string> started = docker::buildx_environment(variables, folders, {});
    co_return co_await docker::remove_builder(std::move(name), std::move(buildx), std::move(started),
                                              &interruption);
}

}  // namespace

int after(const actions::Environment& environment, actions::Log& log) {
    const std::string name = actions::saved_state(environment, kBuilderState);
    if (name.empty()) return 0;
    // The steps of a job share a builder, and the first of their post steps removes it.
    if (!docker::recorded_driver(docker::builders_folder(environment.variables()), name)) {
        log.line(fmt::format("Builder {} was removed already", text::printable(name)));
        return 0;
    }
    asio::io_context loop(1);
    process::Interruption interruption(loop.get_executor());
    Result<void> removed = interruption.listen();
    if (removed) {
        asio::co_spawn(loop, remove(environment, name, interruption),
                       [&](const std::exception_ptr& thrown, Result<void> result) {
                           if (thrown) std::rethrow_exception(thrown);
                           removed = std::move(result);
                           interruption.stop();
                       });
        loop.run();
    }
    if (removed) {
        log.line(fmt::format("Builder {} removed", text::printable(name)));
    } else {
        log.warning({"Builder not removed", text::to_string(removed.error()), {}, {}});
    }
    return 0;
}

}  // namespace pr_image::commands
