#include "docker/build_failure.hpp"
#include "docker/build_metadata.hpp"
#include "docker/engine_progress.hpp"
#include "docker/solve_status.hpp"
#include "docker/terminal_text.hpp"
#include "fuzz/target.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <string>

namespace pr_image::fuzz {
namespace {

bool is_clean(std::string_view line) {
    return text::is_utf8(line) && std::ranges::none_of(line, [](char c) {
               return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
           });
}

// What the engine's API and buildx say: any bytes, and lines of them that come in pieces.
void try_engine_answers(std::string_view input) {
    any_result(docker::parse_solve_status(input));
    const std::string plain = docker::plain_line(input, 64);
    require(is_clean(plain) && plain.size() <= 64 + 3);
    any_result(docker::short_reason(input));
    any_result(docker::failure_kind(input));
    if (const auto metadata = docker::parse_build_metadata(input)) {
        require(metadata->json.find('\n') == std::string::npos);
        require(docker::parse_build_metadata(metadata->json).has_value());
    }

    // Where the stream is cut changes nothing.
    const auto read = [&](std::size_t cut) {
        std::string seen;
        docker::EngineProgressReader reader([&](const docker::EngineProgress& progress) {
            seen += progress.id + '|' + progress.status + '|' + progress.text + '\n';
        });
        reader.feed(input.substr(0, cut));
        reader.feed(input.substr(cut));
        const auto error = reader.finish();
        return seen + (error ? *error : std::string("-"));
    };
    require(read(0) == read(input.size() / 2));
}

const Registered engine_answers("engine_answers", try_engine_answers);

}  // namespace
}  // namespace pr_image::fuzz
