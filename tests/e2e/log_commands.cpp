#include "e2e/log_commands.hpp"

#include <array>
#include <utility>

namespace pr_image::e2e {
namespace {

using Escape = std::pair<std::string_view, std::string_view>;

constexpr std::array<Escape, 3> kDataEscapes = {{{"%0D", "\r"}, {"%0A", "\n"}, {"%25", "%"}}};
constexpr std::array<Escape, 5> kPropertyEscapes = {
    {{"%0D", "\r"}, {"%0A", "\n"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}}};
constexpr std::array<Escape, 5> kBracketEscapes = {
    {{"%3B", ";"}, {"%0D", "\r"}, {"%0A", "\n"}, {"%5D", "]"}, {"%25", "%"}}};

constexpr std::array<std::string_view, 15> kCommands = {
    "stop-commands", "set-env",     "set-output",     "save-state", "add-mask",
    "add-path",      "add-matcher", "remove-matcher", "debug",      "warning",
    "error",         "notice",      "group",          "endgroup",   "echo"};

constexpr std::size_t kMaxMessage = 4096;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

template <std::size_t N>
std::string unescape(std::string_view text, const std::array<Escape, N>& escapes) {
    std::string result(text);
    for (const auto& [from, to] : escapes) {
        for (std::size_t at = result.find(from); at != std::string::npos;
             at = result.find(from, at + to.size())) {
            result.replace(at, from.size(), to);
        }
    }
    return result;
}

// What char.IsWhiteSpace says yes to beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 20> kWideSpaces = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u180e"};

// What ICU's collation skips when .NET compares by culture, as IndexOf(string) and StartsWith(string) do.
constexpr std::array<std::string_view, 12> kIgnorable = {"\u00ad", "\u200b", "\u200c", "\u200d",
                                                         "\u200e", "\u200f", "\u2060", "\u2061",
                                                         "\u2062", "\u2063", "\u2064", "\ufeff"};

std::string_view trim_start(std::string_view text) {
    for (bool more = true; more;) {
        more = false;
        while (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r'))) {
            text.remove_prefix(1);
            more = true;
        }
        for (const auto space : kWideSpaces) {
            if (text.starts_with(space)) {
                text.remove_prefix(space.size());
                more = true;
            }
        }
    }
    return text;
}

std::string_view trim(std::string_view text) {
    text = trim_start(text);
    while (!text.empty() && (text.back() == ' ' || (text.back() >= '\t' && text.back() <= '\r'))) {
        text.remove_suffix(1);
    }
    return text;
}

std::string without_ignorable(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        const auto found = std::ranges::find_if(
            kIgnorable, [&](std::string_view mark) { return text.substr(i).starts_with(mark); });
        if (found != kIgnorable.end()) {
            i += found->size();
        } else if (text[i] == '\0') {
            ++i;
        } else {
            result += text[i++];
        }
    }
    return result;
}

template <std::size_t N>
void parse_properties(std::string_view text, char separator, const std::array<Escape, N>& escapes,
                      LogCommand& command) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        // .NET's Split with RemoveEmptyEntries: equals signs at the front and doubled ones vanish.
        pair.remove_prefix(std::min(pair.find_first_not_of('='), pair.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        std::string_view value = pair.substr(equals);
        value.remove_prefix(std::min(value.find_first_not_of('='), value.size()));
        if (value.empty()) continue;
        command.properties[std::string(pair.substr(0, equals))] = unescape(value, escapes);
    }
}

struct CommandInfo {
    std::string_view name;
    std::string_view properties;
};

CommandInfo split_info(std::string_view info) {
    const std::size_t space = info.find(' ');
    if (space == std::string_view::npos || space == 0) return {info.substr(0, space), {}};
    return {info.substr(0, space), info.substr(space + 1)};
}

}  // namespace

bool CaseInsensitiveLess::operator()(std::string_view left, std::string_view right) const {
    return std::ranges::lexicographical_compare(left, right,
                                                [](char a, char b) { return lower(a) < lower(b); });
}

std::optional<LogCommand> parse_colon_command(std::string_view line, const IsRegistered& is_registered) {
    const std::string_view text = trim_start(line);
    if (!text.starts_with("::")) return std::nullopt;
    const std::size_t end = text.find("::", 2);
    if (end == std::string_view::npos) return std::nullopt;
    const CommandInfo info = split_info(text.substr(2, end - 2));
    if (!is_registered(info.name)) return std::nullopt;
    LogCommand command{.name = std::string(info.name), .properties = {}, .data = {}};
    parse_properties(trim(info.properties), ',', kPropertyEscapes, command);
    command.data = unescape(text.substr(end + 2), kDataEscapes);
    return command;
}

std::optional<LogCommand> parse_bracket_command(std::string_view line, const IsRegistered& is_registered) {
    const std::size_t begin = line.find("##[");
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = line.find(']', begin);
    if (end == std::string_view::npos) return std::nullopt;
    const CommandInfo info = split_info(line.substr(begin + 3, end - begin - 3));
    if (!is_registered(info.name)) return std::nullopt;
    LogCommand command{.name = std::string(info.name), .properties = {}, .data = {}};
    parse_properties(info.properties, ';', kBracketEscapes, command);
    command.data = unescape(line.substr(end + 1), kBracketEscapes);
    return command;
}

void LineSplitter::push(std::string_view bytes) {
    for (const char c : bytes) {
        if (c == '\n' && after_carriage_return_) {
            after_carriage_return_ = false;
            continue;
        }
        after_carriage_return_ = c == '\r';
        if (c == '\n' || c == '\r') {
            end_line();
        } else {
            line_ += c;
        }
    }
}

void LineSplitter::finish() {
    if (!line_.empty()) end_line();
}

void LineSplitter::end_line() {
    on_line_(std::exchange(line_, {}));
}

std::string Annotation::property(std::string_view name) const {
    const auto found = properties.find(name);
    return found == properties.end() ? std::string() : found->second;
}

std::size_t LogProcessor::count(Annotation::Level level) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(annotations, [&](const Annotation& one) { return one.level == level; }));
}

void LogProcessor::feed(std::string_view line) {
    if (!process(line)) show(line);
}

bool LogProcessor::process(std::string_view line) {
    const IsRegistered is_registered = [this](std::string_view name) {
        return std::ranges::any_of(kCommands, [&](auto known) { return equal_ignoring_case(known, name); }) ||
               (stop_token_ && equal_ignoring_case(*stop_token_, name));
    };
    auto command = parse_colon_command(line, is_registered);
    if (!command) command = parse_bracket_command(line, is_registered);
    if (!command) {
        const std::string visible = without_ignorable(line);
        if (visible.size() != line.size()) {
            command = parse_colon_command(visible, is_registered);
            if (!command) command = parse_bracket_command(visible, is_registered);
        }
    }
    if (!command) return false;

    if (stop_token_) {
        if (!equal_ignoring_case(command->name, *stop_token_)) return false;
        show(line);
        stop_token_.reset();
        executed.push_back(std::move(*command));
        return true;
    }
    execute(*command, line);
    executed.push_back(std::move(*command));
    return true;
}

void LogProcessor::execute(const LogCommand& command, std::string_view line) {
    const auto is = [&](std::string_view name) { return equal_ignoring_case(command.name, name); };
    const auto name_property = [&] {
        const auto found = command.properties.find("name");
        return found == command.properties.end() ? std::string() : found->second;
    };
    const bool omits_echo = is("add-mask") || is("debug") || is("warning") || is("error") || is("notice");
    if (echo_ && !omits_echo) show(line);

    if (is("stop-commands")) {
        const auto known = std::ranges::any_of(
            kCommands, [&](auto name) { return equal_ignoring_case(name, command.data); });
        if (command.data.empty() || known || equal_ignoring_case(command.data, "pause-logging")) {
            fail(line, "the stop token is empty or the name of a command");
            return;
        }
        stop_token_ = command.data;
        if (command.data.size() > 6) masker_.add(command.data);
        show(line);
    } else if (is("set-output") || is("save-state")) {
        const std::string name = name_property();
        if (name.empty()) {
            fail(line, "the property 'name' is missing");
            return;
        }
        (is("set-output") ? outputs : state)[name] = command.data;
    } else if (is("add-mask")) {
        masker_.add(command.data);
    } else if (is("set-env") || is("add-path")) {
        fail(line, "the command is disabled");
    } else if (is("error")) {
        annotate(command, Annotation::Level::kError, "##[error]");
    } else if (is("warning")) {
        annotate(command, Annotation::Level::kWarning, "##[warning]");
    } else if (is("notice")) {
        annotate(command, Annotation::Level::kNotice, "##[notice]");
    } else if (is("debug")) {
        debug.push_back(command.data);
    } else if (is("group")) {
        groups.push_back(command.data);
        ++open_groups;
        show("##[group]" + command.data);
    } else if (is("endgroup")) {
        --open_groups;
        show("##[endgroup]");
    } else if (is("echo")) {
        const std::string_view value = trim(command.data);
        if (equal_ignoring_case(value, "on")) {
            echo_ = true;
        } else if (equal_ignoring_case(value, "off")) {
            echo_ = false;
        } else {
            fail(line, "echo is neither on nor off");
        }
    }
}

void LogProcessor::annotate(const LogCommand& command, Annotation::Level level, std::string_view tag) {
    Annotation annotation{
        .level = level, .message = masker_.mask(command.data), .properties = command.properties};
    annotation.message.resize(std::min(annotation.message.size(), kMaxMessage));
    show(std::string(tag) + annotation.message);
    annotations.push_back(std::move(annotation));
}

void LogProcessor::show(std::string_view text) {
    displayed.push_back(masker_.mask(text));
}

void LogProcessor::fail(std::string_view line, std::string_view reason) {
    failures.push_back(std::string(line) + ": " + std::string(reason));
    show("##[error]Unable to process command '" + std::string(line) + "' successfully.");
}

}  // namespace pr_image::e2e
