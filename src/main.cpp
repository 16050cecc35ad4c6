#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "commands/run.hpp"
#include "process/core_dumps.hpp"

#include <unistd.h>

int main() {
    using namespace pr_image;
    process::forbid_core_dumps();
    const auto environment = actions::Environment::capture(environ);
    actions::Log log(actions::Log::standard_output, environment.in_actions(), actions::system_token);
    return commands::run(environment, log);
}
