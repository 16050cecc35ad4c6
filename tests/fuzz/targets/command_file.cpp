#include "actions/command_file.hpp"

#include "actions/command.hpp"
#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/summary.hpp"
#include "e2e/file_commands.hpp"
#include "e2e/log_commands.hpp"
#include "fuzz/memory_file.hpp"
#include "fuzz/target.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::fuzz {
namespace {

/// The runner reads the outputs that were set, and no others.
void check_outputs(std::string_view input) {
    const MemoryFile file("");
    const actions::Environment environment(actions::Environment::Variables{{"GITHUB_OUTPUT", file.path()}});
    actions::Log log([](std::string_view) {}, true, [] { return std::string("t"); });
    unsigned drawn = 0;
    // The first of these may occur in a value: then another one has to be drawn.
    const auto token = [&] { return std::to_string(drawn++ % 3); };
    auto outputs = actions::CommandFile::outputs(environment, log, token);
    require(outputs.has_value());
    std::vector<std::pair<std::string, std::string>> set;
    while (!input.empty() && set.size() < 8) {
        const std::string name(take_field(input));
        const std::string value(take_field(input));
        if (outputs->set(name, value)) set.emplace_back(name, value);
    }
    const e2e::KeyValues read = e2e::parse_key_values(file.content());
    require(!read.error && read.pairs == set);
}

/// A command that is written is read as the same command, whatever is in it.
void check_command(std::string_view input) {
    const std::string title(take_field(input));
    const std::string text = actions::workflow_command("warning", {{"title", title}}, input);
    require(text.find_first_of("\r\n") == std::string::npos);
    const auto read = e2e::parse_colon_command(text, [](std::string_view name) { return name == "warning"; });
    require(read && read->name == "warning" && read->data == input);
    // The runner drops equals signs at a value's front and white space at the last one's end.
    std::string_view kept = title;
    kept.remove_prefix(std::min(kept.find_first_not_of('='), kept.size()));
    const std::size_t end = kept.find_last_not_of(" \t\v\f");
    kept = kept.substr(0, end == std::string_view::npos ? 0 : end + 1);
    const auto found = read->properties.find("title");
    require(kept.empty() ? found == read->properties.end()
                         : found != read->properties.end() && found->second == kept);
}

/// A summary's cell stays one: no line break, and no bar that is not escaped.
void check_summary(std::string_view input) {
    actions::Summary summary;
    summary.table({"a", "b"}, {{{std::string(input), false}, {std::string(input), true}}});
    const std::string page = summary.markdown();
    std::size_t bars = 0;
    std::size_t lines = 0;
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (page[i] == '\n') ++lines;
        if (page[i] == '|' && page[i - 1] != '\\') ++bars;
    }
    require(lines == 4 && bars == 9);
    const std::string text = actions::markdown_text(input);
    require(text.find_first_of("<>@\n\r") == std::string::npos);
}

void try_command_file(std::string_view input) {
    check_outputs(input);
    check_command(input);
    check_summary(input);
}

const Registered command_file("command_file", try_command_file);

}  // namespace
}  // namespace pr_image::fuzz
