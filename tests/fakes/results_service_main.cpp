// The Results service's stand-in as a program of its own:
//   fake-results-service [--until-killed yes] [--port PORT] [--address ADDRESS] [--scope REF=PERMISSION]…
// prints one JSON line with `url` and `token`, and ends when its standard input does, or only when it is
// killed.
#include "fakes/results_service.hpp"
#include "text/strings.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
    using namespace pr_image;
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    fakes::ResultsServiceOptions options{.record = false};
    fakes::RunToken run;
    bool until_killed = false;
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
        const std::string value(arguments[i + 1]);
        if (arguments[i] == "--port") options.port = static_cast<std::uint16_t>(std::stoi(value));
        if (arguments[i] == "--until-killed") until_killed = value == "yes";
        if (arguments[i] == "--address") options.address = value;
        if (arguments[i] == "--scope") {
            const std::size_t equals = value.rfind('=');
            run.cache.push_back({value.substr(0, equals), std::stoi(value.substr(equals + 1))});
        }
    }
    const fakes::ResultsService service(options);
    fmt::print("{{\"url\":\"{}\",\"token\":\"{}\"}}\n", service.url(), fakes::ResultsService::token(run));
    std::fflush(stdout);
    std::array<char, 256> ignored{};
    while (::read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
    }
    if (!until_killed) return 0;
    for (;;)
        ::pause();
}
