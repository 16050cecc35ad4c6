#include "actions/log.hpp"
#include "docker/progress_log.hpp"
#include "e2e/log_commands.hpp"
#include "e2e/secret_masker.hpp"
#include "fuzz/target.hpp"
#include "process/line_splitter.hpp"
#include "text/sha256.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <string>

namespace pr_image::fuzz {
namespace {

// Whatever buildx prints, the runner's own rules find no command in what we show of it, and find ours after
// it.
void try_build_log(std::string_view input) {
    e2e::SecretMasker masker;
    e2e::LogProcessor runner(masker);
    e2e::LineSplitter lines([&](const std::string& line) { runner.feed(line); });
    // As unguessable as in earnest: no input holds its own hash.
    const std::string secret(text::sha256(input).hex());
    unsigned tokens = 0;
    actions::Log log([&](std::string_view text) { lines.push(text); }, true,
                     [&] { return secret + std::to_string(tokens++); });
    {
        actions::Log::Untrusted untrusted(log);
        docker::ProgressLog progress([&](std::string_view line) {
            require(text::is_utf8(line));
            untrusted.line(line);
        });
        process::LineSplitter splitter([&](const process::Line& line) { progress.add(line); }, 1 << 16);
        splitter.feed(input);
        splitter.finish();
        progress.finish();
        any_result(describe(progress.failure()));
        any_result(to_error(progress.failure()));
        any_result(progress.count());
        untrusted.line(input);
    }
    log.line(input);
    log.warning(
        {.title = std::string(input), .message = std::string(input), .file = std::string(input), .line = {}});
    lines.finish();
    require(!runner.stopped());
    require(runner.outputs.empty() && runner.state.empty() && runner.failures.empty());
    // The runner masks the tokens of stopped blocks; nothing else was asked for.
    require(std::ranges::all_of(masker.values(), [&](const auto& mask) { return mask.starts_with(secret); }));
    require(runner.annotations.size() == 1 && runner.groups.empty() && runner.open_groups == 0);
}

const Registered build_log("build_log", try_build_log);

}  // namespace
}  // namespace pr_image::fuzz
