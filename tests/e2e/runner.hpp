#pragma once

#include "e2e/action_metadata.hpp"
#include "e2e/event.hpp"
#include "e2e/log_commands.hpp"
#include "e2e/secret_masker.hpp"
#include "support/child_process.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::e2e {

/// One use of the action in a workflow.
struct Step {
    std::map<std::string, std::string> with = {};  ///< inputs, as the workflow names them
    std::map<std::string, std::string> env = {};   ///< of the step and its job
    std::string network = {};  ///< as of a job with services; empty: the engine's default bridge
    std::map<std::string, std::string> hosts = {};  ///< what DNS would say of a name: name → address
    bool read_only = false;                         ///< the root file system cannot be written
    bool debug = false;                             ///< the run has debug logging switched on
    std::vector<std::string> arguments = {};        ///< in place of action.yml's `args`
    std::string entrypoint = {};                    ///< in place of action.yml's `entrypoint`
};

/// What one step did, as the runner and the reader of its log see it.
struct Result {
    int exit_code = -1;
    std::map<std::string, std::string> outputs;  ///< legacy commands first, then GITHUB_OUTPUT's
    std::map<std::string, std::string> env;      ///< for later steps
    std::map<std::string, std::string> state;    ///< for the post step
    std::vector<std::string> paths;              ///< for later steps
    std::vector<Annotation> annotations;
    std::vector<LogCommand> executed;   ///< every workflow command that had an effect
    std::vector<std::string> failures;  ///< what the runner itself held against the step
    std::vector<std::string> log;       ///< the lines of both streams, as they came
    std::string displayed;              ///< the log as a reader sees it
    std::string out;                    ///< standard output, byte for byte
    std::string err;                    ///< standard error, byte for byte
    std::string summary;                ///< the step summary, masked; empty when refused
    std::vector<std::string> groups;    ///< titles
    int open_groups = 0;
    bool stopped = false;  ///< stop-commands was never resumed
    std::chrono::duration<double> duration{};

    /// As the runner decides it.
    [[nodiscard]] bool succeeded() const { return exit_code == 0 && failures.empty(); }
    /// The output's value; throws std::out_of_range with the log when the step did not set it.
    [[nodiscard]] const std::string& output(const std::string& name) const;
    /// The annotations of that level.
    [[nodiscard]] std::vector<Annotation> of(Annotation::Level level) const;
};

/// A step whose container is running.
class RunningStep;

/// One job on a hosted runner: an event, a checkout and the folders that all steps of the job share. Starts
/// container actions with the command line that GitHub's runner uses (actions/runner,
/// `ContainerActionHandler.cs`, `DockerCommandManager.DockerRun`).
class Job {
  public:
    struct Options {
        std::filesystem::path
            folder;                 ///< where the job's folders are made; the engine sees it at the same path
        std::string image;          ///< the action's image, by a name the engine knows
        ActionMetadata action;      ///< what its action.yml says
        std::string docker_socket;  ///< path of the engine's socket, as the engine's host sees it
        std::string token;          ///< github.token
        std::map<std::string, std::string> variables = {};  ///< further variables that GitHub's services set
    };

    Job(Options options, Repository repository);
    ~Job();
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    /// Another job of the same run: the same event, other folders, nothing checked out.
    [[nodiscard]] std::unique_ptr<Job> another() const;
    /// A job of another run, of the event's repository: nothing checked out.
    [[nodiscard]] std::unique_ptr<Job> another(Event event) const;

    /// Where actions/checkout would put the repository, as this process sees it.
    [[nodiscard]] const std::filesystem::path& workspace() const { return workspace_; }
    /// `$HOME` of all container actions of this job.
    [[nodiscard]] const std::filesystem::path& home() const { return home_; }
    /// `$RUNNER_TEMP`.
    [[nodiscard]] const std::filesystem::path& temp() const { return temp_; }

    /// What its action.yml says.
    [[nodiscard]] const ActionMetadata& action() const { return options_.action; }

    /// Says what the run is about: writes event.json.
    void set_event(Event event);
    /// Replaces event.json's bytes, for payloads that GitHub would not send.
    void set_payload(std::string_view bytes) const;

    /// Takes a step and what it did; gives its post step (`ActionRunner.cs`): action.yml's `post-entrypoint`
    /// with the same inputs and environment and what the step has saved for it.
    [[nodiscard]] Step post(Step step, const Result& result) const;

    /// Runs the action and gives what it did.
    Result run(const Step& step, std::chrono::milliseconds timeout = std::chrono::minutes(3));
    /// Starts the action, for a step that something happens to.
    RunningStep start(const Step& step);

    /// `docker` and its arguments for a step, and the environment that they refer to.
    [[nodiscard]] std::pair<std::vector<std::string>, std::map<std::string, std::string>> command_line(
        const Step& step, const std::string& container_name) const;

  private:
    friend class RunningStep;

    void make_command_files();
    [[nodiscard]] std::map<std::string, std::string> environment(const Step& step) const;
    [[nodiscard]] std::string to_container_path(const std::string& path) const;
    [[nodiscard]] std::filesystem::path command_file(std::string_view prefix) const;

    Options options_;
    Repository repository_;
    Event event_;
    SecretMasker masker_;
    std::filesystem::path root_;
    std::filesystem::path workspace_;
    std::filesystem::path temp_;
    std::filesystem::path home_;
    std::filesystem::path workflow_;
    std::filesystem::path commands_;
    std::string command_suffix_;
    int step_number_ = 0;
};

class RunningStep {
  public:
    RunningStep(Job& job, const Step& step);
    RunningStep(const RunningStep&) = delete;
    RunningStep& operator=(const RunningStep&) = delete;

    /// The container's name in the engine.
    [[nodiscard]] const std::string& container() const { return container_; }
    /// Waits until a line of the log contains `text`; gives false when the step ended or time ran out before.
    bool wait_for(std::string_view text, std::chrono::milliseconds timeout);
    /// Waits until `done` says yes, reading the log meanwhile.
    bool wait_until(const std::function<bool()>& done, std::chrono::milliseconds timeout);
    /// The log so far as a reader sees it, masked, for whoever wants to watch.
    [[nodiscard]] const std::vector<std::string>& displayed() const;
    /// Sends a signal to the `docker run` process, which hands it on to the container.
    void signal(int number) const { child_->signal(number); }
    /// Cancels as the runner does: SIGINT, SIGTERM 7.5 s later, and SIGKILL to the `docker` command another
    /// 2.5 s later (actions/runner, `ProcessInvoker.cs`).
    Result cancel();
    /// Reads the rest of the log and gives what the step did.
    Result finish(std::chrono::milliseconds timeout = std::chrono::minutes(3));

  private:
    void on_output(support::Stream stream, std::string_view bytes);
    void on_line(std::string line);
    void read_command_files(Result& result) const;

    Job* job_;
    std::string container_;
    std::unique_ptr<LogProcessor> processor_;
    std::vector<std::string> log_;
    std::unique_ptr<LineSplitter> out_;
    std::unique_ptr<LineSplitter> err_;
    std::unique_ptr<support::ChildProcess> child_;
};

}  // namespace pr_image::e2e
