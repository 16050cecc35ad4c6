#include "actions/command_file.hpp"

#include "actions/append_file.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace pr_image::actions {
namespace {

constexpr int kDelimiterAttempts = 8;

bool is_name(std::string_view name) {
    return !name.empty() && !text::is_digit(name.front()) && name.front() != '-' &&
           std::ranges::all_of(name, [](char c) { return text::is_word(c) || c == '-'; });
}

}  // namespace

CommandFile::CommandFile(std::string variable, int descriptor, Log& log, TokenSource token)
    : variable_(std::move(variable)), descriptor_(descriptor), log_(&log), token_(std::move(token)) {}

CommandFile::CommandFile(CommandFile&& other) noexcept
    : variable_(std::move(other.variable_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      log_(other.log_),
      token_(std::move(other.token_)) {}

CommandFile::~CommandFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<CommandFile> CommandFile::open(std::string variable, const Environment& environment, Log& log,
                                      TokenSource token) {
    const std::string path = environment.value(variable);
    int descriptor = -1;
    if (!path.empty()) {
        TRY_ASSIGN(const int opened, open_for_append(variable, path));
        descriptor = opened;
    }
    return CommandFile(std::move(variable), descriptor, log, std::move(token));
}

Result<CommandFile> CommandFile::outputs(const Environment& environment, Log& log, TokenSource token) {
    return open("GITHUB_OUTPUT", environment, log, std::move(token));
}

Result<CommandFile> CommandFile::state(const Environment& environment, Log& log, TokenSource token) {
    return open("GITHUB_STATE", environment, log, std::move(token));
}

Result<void> CommandFile::set(std::string_view name, std::string_view value) {
    if (!is_name(name)) {
        return text::fail(fmt::format("Cannot write to {}", variable_),
                          fmt::format("'{}' is not a name", text::printable(name)));
    }
    if (descriptor_ < 0) {
        log_->line(fmt::format("{}={}", name, value));
        return {};
    }
    for (int attempt = 0; attempt < kDelimiterAttempts; ++attempt) {
        const std::string delimiter = "delimiter_" + token_();
        if (value.find(delimiter) != std::string_view::npos) continue;
        return append(descriptor_, variable_,
                      fmt::format("{}<<{}\n{}\n{}\n", name, delimiter, value, delimiter));
    }
    return text::fail(fmt::format("Cannot write to {}", variable_),
                      fmt::format("every delimiter that was drawn occurs in the value of '{}'", name));
}

std::string saved_state(const Environment& environment, std::string_view name) {
    return environment.value(fmt::format("STATE_{}", name));
}

}  // namespace pr_image::actions
