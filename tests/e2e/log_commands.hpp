#pragma once

#include "e2e/secret_masker.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::e2e {

/// Orders ASCII text without regard to case, as the runner's command and property tables do.
struct CaseInsensitiveLess {
    bool operator()(std::string_view left, std::string_view right) const;
    using is_transparent = void;
};

/// One workflow command that the runner found in a line of a step's log.
struct LogCommand {
    std::string name;
    std::map<std::string, std::string, CaseInsensitiveLess> properties;
    std::string data;
};

/// Says whether the runner knows a command of that name at that moment.
using IsRegistered = std::function<bool(std::string_view name)>;

/// Takes one line; gives the command in it when the line is, after white space, `::name props::data`
/// (actions/runner, `ActionCommand.TryParseV2`).
std::optional<LogCommand> parse_colon_command(std::string_view line, const IsRegistered& is_registered);

/// Takes one line; gives the command in it when `##[name props]data` is anywhere in the line
/// (actions/runner, `ActionCommand.TryParse`).
std::optional<LogCommand> parse_bracket_command(std::string_view line, const IsRegistered& is_registered);

/// Cuts a stream of bytes into the lines that the runner sees: LF, CR LF and a CR alone each end one
/// (.NET's `StreamReader.ReadLine`).
class LineSplitter {
  public:
    explicit LineSplitter(std::function<void(std::string line)> on_line) : on_line_(std::move(on_line)) {}

    /// Takes the next bytes, cut anywhere.
    void push(std::string_view bytes);
    /// Says that the stream has ended; what is left without an end of line is a line.
    void finish();

  private:
    void end_line();

    std::function<void(std::string line)> on_line_;
    std::string line_;
    bool after_carriage_return_ = false;
};

/// What `::error::`, `::warning::` and `::notice::` put on a check.
struct Annotation {
    enum class Level { kError, kWarning, kNotice };

    Level level = Level::kError;
    std::string message;
    std::map<std::string, std::string, CaseInsensitiveLess>
        properties;  ///< title, file, line, endLine, col, …

    /// The property's value, or an empty text.
    [[nodiscard]] std::string property(std::string_view name) const;
};

/// Does with a step's log what GitHub's runner does (actions/runner, `ActionCommandManager.cs`,
/// `OutputManager.cs`): finds the commands of both syntaxes, obeys stop-commands over all streams, and keeps
/// what the commands changed. Where .NET's culture-sensitive comparison would see more than a byte comparison
/// does, this sees it too: a test that finds no command here can rely on it.
class LogProcessor {
  public:
    /// Takes the job's masker, which outlives this.
    explicit LogProcessor(SecretMasker& masker) : masker_(masker) {}

    /// Takes one line of either stream, without its end.
    void feed(std::string_view line);

    std::map<std::string, std::string, CaseInsensitiveLess> outputs;  ///< by `set-output`, the deprecated way
    std::map<std::string, std::string, CaseInsensitiveLess> state;    ///< by `save-state`
    std::vector<Annotation> annotations;
    std::vector<std::string> groups;     ///< titles of the groups, in order
    std::vector<std::string> debug;      ///< messages of `debug`
    std::vector<std::string> displayed;  ///< the log as a reader sees it, masked
    std::vector<LogCommand> executed;    ///< every command that had an effect, in order
    std::vector<std::string> failures;   ///< commands that the runner could not carry out: the step fails
    int open_groups = 0;                 ///< groups without their end so far

    /// True between a stop-commands and its resume token.
    [[nodiscard]] bool stopped() const { return stop_token_.has_value(); }
    /// How many annotations of that level there are.
    [[nodiscard]] std::size_t count(Annotation::Level level) const;

  private:
    bool process(std::string_view line);
    void execute(const LogCommand& command, std::string_view line);
    void annotate(const LogCommand& command, Annotation::Level level, std::string_view tag);
    void show(std::string_view text);
    void fail(std::string_view line, std::string_view reason);

    SecretMasker& masker_;
    std::optional<std::string> stop_token_;
    bool echo_ = false;
};

}  // namespace pr_image::e2e
