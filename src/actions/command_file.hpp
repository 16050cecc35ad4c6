#pragma once

#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::actions {

/// One of the runner's file commands that takes named values: the step's outputs (`GITHUB_OUTPUT`) or the
/// state that its post step is given (`GITHUB_STATE`). The file is opened once, before any work, so that a
/// run that could not report fails at the start.
class CommandFile {
  public:
    /// Opens the file that `GITHUB_OUTPUT` names. Without that variable, which is outside Actions, values
    /// are printed to `log` as `name=value`. An Error says that the file cannot be written.
    static Result<CommandFile> outputs(const Environment& environment, Log& log, TokenSource token);

    /// The same for `GITHUB_STATE`.
    static Result<CommandFile> state(const Environment& environment, Log& log, TokenSource token);

    CommandFile(CommandFile&& other) noexcept;
    CommandFile& operator=(CommandFile&&) = delete;
    ~CommandFile();

    /// Takes a name (letters, digits, `_`, `-`) and any text, which may have several lines. Writes it
    /// between delimiters that cannot be guessed and do not occur in it (GitHub, "Workflow commands:
    /// multiline strings"). An Error says that the name is not one or that the file could not be written.
    Result<void> set(std::string_view name, std::string_view value);

  private:
    CommandFile(std::string variable, int descriptor, Log& log, TokenSource token);
    static Result<CommandFile> open(std::string variable, const Environment&, Log&, TokenSource);

    std::string variable_;
    int descriptor_;  ///< -1 outside Actions
    Log* log_;
    TokenSource token_;
};

/// Gives the value that this action's main step saved under `name`, for its post step (`STATE_<name>`);
/// empty when there is none.
std::string saved_state(const Environment& environment, std::string_view name);

}  // namespace pr_image::actions
