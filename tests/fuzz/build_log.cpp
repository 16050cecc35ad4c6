#include "actions/log.hpp"
#include "docker/progress_log.hpp"
#include "e2e/log_commands.hpp"
#include "e2e/secret_masker.hpp"
#include "fuzz/fuzz.hpp"
#include "process/line_splitter.hpp"

#include <string>

namespace pr_image::fuzz {

// Whatever buildx prints, the runner's own rules find no command in what we show of it, and find ours after
// it.
void try_input(std::string_view input) {
    e2e::SecretMasker masker;
    e2e::LogProcessor runner(masker);
    e2e::LineSplitter lines([&](const std::string& line) { runner.feed(line); });
    unsigned tokens = 0;
    actions::Log log([&](std::string_view text) { lines.push(text); }, true,
                     [&] { return "0123456789abcdef0123456789abcd" + std::to_string(10 + tokens++ % 90); });
    {
        actions::Log::Untrusted untrusted(log);
        docker::ProgressLog progress([&](std::string_view line) { untrusted.line(line); });
        process::LineSplitter splitter([&](const process::Line& line) { progress.add(line); }, 1 << 16);
        splitter.feed(input);
        splitter.finish();
        progress.finish();
        (void)progress.failure();
        untrusted.line(input);
    }
    log.line(input);
    log.warning(
        {.title = std::string(input), .message = std::string(input), .file = std::string(input), .line = {}});
    lines.finish();
    require(!runner.stopped());
    require(runner.outputs.empty() && runner.state.empty() && runner.failures.empty() &&
            masker.values().empty());
    require(runner.annotations.size() == 1 && runner.groups.empty() && runner.open_groups == 0);
}

}  // namespace pr_image::fuzz
