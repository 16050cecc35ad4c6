#pragma once

#include "actions/environment.hpp"
#include "actions/random.hpp"
#include "actions/redactor.hpp"
#include "text/error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::actions {

/// A message that GitHub shows on the run's page and beside the code.
struct Annotation {
    std::string title;
    std::string message;
    std::string file;                            ///< relative to the workspace; empty for none
    std::optional<std::uint32_t> line;           ///< from 1
    std::optional<std::uint32_t> end_line = {};  ///< inclusive
};

/// Everything that this program prints goes through here, to standard output only: the runner reads its two
/// streams separately, so two of them would have no order. Inside Actions it speaks workflow commands;
/// outside it prints the same as plain text. What is printed never contains a masked value and, unless a
/// method below says so, never acts as a command.
class Log {
  public:
    /// Takes whole lines, each with its line feed.
    using Sink = std::function<void(std::string_view)>;

    Log(Sink sink, bool in_actions, TokenSource token);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// A Sink that writes to standard output at once, without a buffer of its own; what can no longer be
    /// written because the reader is gone is dropped.
    static void standard_output(std::string_view lines);

    [[nodiscard]] bool in_actions() const { return in_actions_; }

    /// Prints text as one or more ordinary lines.
    void line(std::string_view text);
    /// Prints text that shows only in a run with debug logging; nothing outside Actions.
    void debug(std::string_view text);
    void notice(const Annotation& annotation);
    void warning(const Annotation& annotation);
    void error(const Annotation& annotation);
    /// Prints the one annotation that a failed run carries: `what` is its title, `file` and `line` its place.
    void error(const Error& error);

    /// Takes a secret; from here on neither this log nor the runner shows it or an encoded form of it. Call
    /// it before anything else is printed.
    void mask(std::string_view secret);

    /// Gives `text` without the secrets that mask() was told: for what is not printed but kept, as a summary.
    [[nodiscard]] std::string redacted(std::string_view text) const { return redactor_.redact(text); }

    /// Folds the lines that are printed while it lives. GitHub does not nest them: the inner one ends both.
    class Group {
      public:
        explicit Group(Log& log, std::string_view title);
        ~Group();
        Group(const Group&) = delete;
        Group& operator=(const Group&) = delete;

      private:
        Log& log_;
    };

    /// While it lives the runner executes nothing that is printed (`::stop-commands::`). Text from a build
    /// is printed through it, as it is. The log's own commands still work meanwhile: they suspend the block.
    class Untrusted {
      public:
        explicit Untrusted(Log& log);
        ~Untrusted();
        Untrusted(const Untrusted&) = delete;
        Untrusted& operator=(const Untrusted&) = delete;

        /// Prints text, which may have several lines, unchanged but for masked values.
        void line(std::string_view text);

      private:
        Log& log_;
    };

  private:
    void annotate(std::string_view name, const Annotation& annotation);
    /// Without secrets, and with hidden characters shown: what any line or annotation is made of.
    [[nodiscard]] std::string presentable(std::string_view text) const;
    void command(std::string_view name, std::string_view data);
    void write_command(const std::string& text);
    void stop_commands();
    void resume_commands();

    Sink sink_;
    bool in_actions_;
    TokenSource token_;
    Redactor redactor_;
    std::string stop_token_;
    unsigned untrusted_depth_ = 0;
};

}  // namespace pr_image::actions
