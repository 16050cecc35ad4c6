#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::actions {

/// Name and value of a workflow command's properties, in the order they are written.
using Properties = std::vector<std::pair<std::string_view, std::string>>;

/// Gives `::name key=value,…::data`, with the escapes that the runner undoes (actions/runner,
/// `ActionCommand.cs`): `%25 %0D %0A`, in properties also `%3A %2C`. Properties without a value are left out.
std::string workflow_command(std::string_view name, const Properties& properties, std::string_view data);

/// Takes one line; gives it so that the runner reads no command in it: neither `::` after white space at the
/// start nor `##[` anywhere. The runner's search skips characters that its culture ignores, so everything
/// that is not printable ASCII counts as skipped here. Control characters other than the tab become `\xNN`.
std::string inert_line(std::string_view line);

/// Splits at LF, CR and CR LF, which all end a line for the runner; a line end at the end adds no empty line.
std::vector<std::string_view> runner_lines(std::string_view text);

}  // namespace pr_image::actions
