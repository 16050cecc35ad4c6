#include "actions/log.hpp"

#include "actions/command.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace pr_image::actions {
namespace {

std::string number(const std::optional<std::uint32_t>& value) {
    return value ? std::to_string(*value) : std::string{};
}

}  // namespace

Log::Log(Sink sink, bool in_actions, TokenSource token)
    : sink_(std::move(sink)), in_actions_(in_actions), token_(std::move(token)) {}

void Log::standard_output(std::string_view lines) {
    while (!lines.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, lines.data(), lines.size());
        if (written >= 0) {
            lines.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{STDOUT_FILENO, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

void Log::line(std::string_view text) {
    const std::string shown = presentable(text);
    std::string printed;
    for (const std::string_view part : runner_lines(shown)) {
        printed += inert_line(part);
        printed += '\n';
    }
    sink_(printed);
}

void Log::debug(std::string_view text) {
    if (in_actions_) command("debug", presentable(text));
}

void Log::notice(const Annotation& annotation) {
    annotate("notice", annotation);
}

void Log::warning(const Annotation& annotation) {
    annotate("warning", annotation);
}

void Log::error(const Annotation& annotation) {
    annotate("error", annotation);
}

void Log::error(const Error& error) {
    std::string message = error.why;
    if (!error.fix.empty()) {
        if (!message.ends_with('.')) message += '.';
        message += ' ';
        message += error.fix;
    }
    annotate("error", Annotation{.title = error.what,
                                 .message = message,
                                 .file = error.file,
                                 .line = error.line > 0 ? std::optional(error.line) : std::nullopt});
}

void Log::annotate(std::string_view name, const Annotation& annotation) {
    const std::string message = presentable(annotation.message);
    const std::string title = presentable(annotation.title);
    const std::string file = presentable(annotation.file);
    if (in_actions_) {
        const Properties properties{{"title", title},
                                    {"file", file},
                                    {"line", number(annotation.line)},
                                    {"endLine", number(annotation.end_line)}};
        write_command(workflow_command(name, properties, message));
        return;
    }
    std::string place;
    if (!file.empty()) place = annotation.line ? fmt::format("{}:{}: ", file, *annotation.line) : file + ": ";
    line(fmt::format("{}{}: {}{}{}", place, name, title, title.empty() ? "" : ": ", message));
}

void Log::mask(std::string_view secret) {
    const std::vector<std::string> forms = redactor_.add(secret);
    if (!in_actions_) return;
    for (const std::string& form : forms)
        command("add-mask", form);
}

std::string Log::presentable(std::string_view text) const {
    return text::show_hidden(redactor_.redact(text));
}

void Log::command(std::string_view name, std::string_view data) {
    write_command(workflow_command(name, {}, data));
}

void Log::write_command(const std::string& text) {
    const bool suspended = !stop_token_.empty();
    if (suspended) resume_commands();
    sink_(text + "\n");
    if (suspended) stop_commands();
}

void Log::stop_commands() {
    stop_token_ = token_();
    sink_(fmt::format("::stop-commands::{}\n", stop_token_));
}

void Log::resume_commands() {
    sink_(fmt::format("::{}::\n", std::exchange(stop_token_, {})));
}

Log::Group::Group(Log& log, std::string_view title) : log_(log) {
    const std::string shown = log_.presentable(title);
    if (log_.in_actions_) {
        log_.command("group", shown);
    } else {
        log_.line(fmt::format("== {}", shown));
    }
}

Log::Group::~Group() {
    if (log_.in_actions_) log_.command("endgroup", {});
}

Log::Untrusted::Untrusted(Log& log) : log_(log) {
    if (log_.in_actions_ && log_.untrusted_depth_++ == 0) log_.stop_commands();
}

Log::Untrusted::~Untrusted() {
    if (log_.in_actions_ && --log_.untrusted_depth_ == 0) log_.resume_commands();
}

void Log::Untrusted::line(std::string_view text) {
    const std::string shown = log_.presentable(text);
    std::string printed;
    for (const std::string_view part : runner_lines(shown)) {
        printed += part;
        printed += '\n';
    }
    log_.sink_(printed);
}

}  // namespace pr_image::actions
