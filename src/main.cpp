#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "commands/after.hpp"
#include "commands/run.hpp"
#include "process/core_dumps.hpp"

#include <string_view>
#include <unistd.h>

int main(int argc, char** argv) {
    using namespace pr_image;
    process::forbid_core_dumps();
    const auto environment = actions::Environment::capture(environ);
    actions::Log log(actions::Log::standard_output, environment.in_actions(), actions::system_token);
    // The runner starts the same container for the post step; the name is what tells them apart.
    const bool post = argc > 0 && std::string_view(argv[0]).ends_with("pr-image-post");
    return post ? commands::after(environment, log) : commands::run(environment, log);
}
