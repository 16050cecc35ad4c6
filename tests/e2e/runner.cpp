#include "e2e/runner.hpp"

#include "e2e/file_commands.hpp"
#include "support/files.hpp"
#include "text/strings.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <iterator>
#include <random>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRunnerLabel = "a1b2c3";

std::string random_hex(std::size_t digits) {
    static std::random_device device;
    static constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    while (text.size() < digits) {
        text += kHex[device() & 15U];
    }
    return text;
}

// NameValidation.Sanitize: letters, underscores, and digits that are not at the front.
std::string sanitized(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (letter || (text::is_digit(c) && !text.empty())) text += c;
    }
    return text;
}

std::string input_variable(std::string_view name) {
    std::string text = "INPUT_";
    for (const char c : name) {
        text += c == ' ' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return text;
}

std::string ref_name(std::string_view ref) {
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/", "refs/pull/"}) {
        if (ref.starts_with(prefix)) return std::string(ref.substr(prefix.size()));
    }
    return std::string(ref);
}

}  // namespace

const std::string& Result::output(const std::string& name) const {
    const auto found = outputs.find(name);
    if (found == outputs.end()) throw std::out_of_range("no output '" + name + "'; the log:\n" + displayed);
    return found->second;
}

std::vector<Annotation> Result::of(Annotation::Level level) const {
    std::vector<Annotation> found;
    std::ranges::copy_if(annotations, std::back_inserter(found),
                         [&](const Annotation& one) { return one.level == level; });
    return found;
}

Job::Job(Options options, Repository repository)
    : options_(std::move(options)), repository_(std::move(repository)) {
    root_ = options_.folder / ("job-" + random_hex(12));
    workspace_ = root_ / "work" / repository_.name / repository_.name;
    temp_ = root_ / "work" / "_temp";
    home_ = temp_ / "_github_home";
    workflow_ = temp_ / "_github_workflow";
    commands_ = temp_ / "_runner_file_commands";
    for (const auto& folder : {workspace_, home_, workflow_, commands_}) {
        fs::create_directories(folder);
    }
    masker_.add(options_.token);
}

Job::~Job() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

std::unique_ptr<Job> Job::another() const {
    return another(event_);
}

std::unique_ptr<Job> Job::another(Event event) const {
    auto job = std::make_unique<Job>(options_, event.repository);
    job->set_event(std::move(event));
    return job;
}

void Job::set_event(Event event) {
    event_ = std::move(event);
    set_payload(boost::json::serialize(event_.payload));
}

void Job::set_payload(std::string_view bytes) const {
    support::write_file(workflow_ / "event.json", bytes);
}

fs::path Job::command_file(std::string_view prefix) const {
    return commands_ / (std::string(prefix) + command_suffix_);
}

void Job::make_command_files() {
    command_suffix_ = random_hex(32);
    for (const auto* prefix : {"add_path_", "set_env_", "step_summary_", "save_state_", "set_output_"}) {
        support::write_file(command_file(prefix), "");
    }
}

std::string Job::to_container_path(const std::string& path) const {
    // The runner asks its mappings in the reverse order of their making: the inner folders win over temp.
    const std::vector<std::pair<fs::path, std::string>> mappings = {{workspace_, "/github/workspace"},
                                                                    {commands_, "/github/file_commands"},
                                                                    {workflow_, "/github/workflow"},
                                                                    {home_, "/github/home"},
                                                                    {temp_, "/github/runner_temp"}};
    for (const auto& [host, container] : mappings) {
        if (path == host.string()) return container;
        if (path.starts_with(host.string() + "/")) return container + path.substr(host.string().size());
    }
    return path;
}

std::map<std::string, std::string> Job::environment(const Step& step) const {
    const std::string name = repository_.full_name();
    const std::string workflow_ref = name + "/.github/workflows/image.yml@" + event_.ref;
    std::map<std::string, std::string> variables = {
        {"GITHUB_ACTION", "__acme_pr-image"},
        {"GITHUB_ACTION_REF", "v1"},
        {"GITHUB_ACTION_REPOSITORY", "acme/pr-image"},
        {"GITHUB_ACTOR", event_.actor.login},
        {"GITHUB_ACTOR_ID", std::to_string(event_.actor.id)},
        // Nobody listens there: a story that needs GitHub's API brings one, and no other may ask it anything.
        {"GITHUB_API_URL", "http://127.0.0.1:9"},
        {"GITHUB_BASE_REF", event_.base_ref},
        {"GITHUB_ENV", command_file("set_env_")},
        {"GITHUB_EVENT_NAME", event_.name},
        {"GITHUB_EVENT_PATH", workflow_ / "event.json"},
        {"GITHUB_GRAPHQL_URL", "http://127.0.0.1:9/graphql"},
        {"GITHUB_HEAD_REF", event_.head_ref},
        {"GITHUB_JOB", "image"},
        {"GITHUB_OUTPUT", command_file("set_output_")},
        {"GITHUB_PATH", command_file("add_path_")},
        {"GITHUB_REF", event_.ref},
        {"GITHUB_REF_NAME", ref_name(event_.ref)},
        {"GITHUB_REF_PROTECTED", "false"},
        {"GITHUB_REF_TYPE", event_.ref.starts_with("refs/tags/") ? "tag" : "branch"},
        {"GITHUB_REPOSITORY", name},
        {"GITHUB_REPOSITORY_ID", std::to_string(repository_.id)},
        {"GITHUB_REPOSITORY_OWNER", repository_.owner.login},
        {"GITHUB_REPOSITORY_OWNER_ID", std::to_string(repository_.owner.id)},
        {"GITHUB_RETENTION_DAYS", "90"},
        {"GITHUB_RUN_ATTEMPT", "1"},
        {"GITHUB_RUN_ID", "1658821493"},
        {"GITHUB_RUN_NUMBER", "7"},
        {"GITHUB_SERVER_URL", "https://github.com"},
        {"GITHUB_SHA", event_.sha},
        {"GITHUB_STATE", command_file("save_state_")},
        {"GITHUB_STEP_SUMMARY", command_file("step_summary_")},
        {"GITHUB_TRIGGERING_ACTOR", event_.actor.login},
        {"GITHUB_WORKFLOW", "Image"},
        {"GITHUB_WORKFLOW_REF", workflow_ref},
        {"GITHUB_WORKFLOW_SHA", event_.sha},
        {"GITHUB_WORKSPACE", workspace_},
        {"HOME", home_},
        {"RUNNER_ARCH", "X64"},
        {"RUNNER_ENVIRONMENT", "github-hosted"},
        {"RUNNER_NAME", "GitHub Actions 7"},
        {"RUNNER_OS", "Linux"},
        {"RUNNER_TEMP", temp_},
        {"RUNNER_TOOL_CACHE", "/opt/hostedtoolcache"},
        {"RUNNER_WORKSPACE", workspace_.parent_path()},
        {"ACTIONS_RUNTIME_URL", "http://127.0.0.1:9/"},
        {"ACTIONS_RUNTIME_TOKEN", "runtime-token-of-this-job"},
    };
    if (step.debug) variables["RUNNER_DEBUG"] = "1";

    std::map<std::string, std::string> contexts = {{"github.token", options_.token},
                                                   {"github.actor", event_.actor.login},
                                                   {"github.repository", name},
                                                   {"github.repository_owner", repository_.owner.login}};
    for (const auto& [input, standard] : options_.action.inputs) {
        variables[input_variable(input)] = evaluate(standard, contexts);
    }
    for (const auto& [input, value] : step.with) {
        if (!options_.action.inputs.contains(input)) {
            throw std::runtime_error("action.yml has no input '" + input + "'");
        }
        variables[input_variable(input)] = value;
    }
    for (const auto& [variable, value] : options_.action.env) {
        variables.try_emplace(variable, value);
    }
    for (const auto* more : {&options_.variables, &event_.more, &step.env}) {
        for (const auto& [variable, value] : *more) {
            variables[variable] = value;
        }
    }
    for (auto& [variable, value] : variables) {
        value = to_container_path(value);
    }
    return variables;
}

std::pair<std::vector<std::string>, std::map<std::string, std::string>> Job::command_line(
    const Step& step, const std::string& container_name) const {
    auto variables = environment(step);
    std::vector<std::string> command = {"docker",    "run",
                                        "--name",    container_name,
                                        "--label",   std::string(kRunnerLabel),
                                        "--workdir", "/github/workspace",
                                        "--rm"};
    for (const auto& [variable, value] : variables) {
        command.insert(command.end(), {"-e", variable});
    }
    command.insert(command.end(), {"-e", "GITHUB_ACTIONS=true"});
    if (!variables.contains("CI")) command.insert(command.end(), {"-e", "CI=true"});
    const std::string& entrypoint = step.entrypoint.empty() ? options_.action.entrypoint : step.entrypoint;
    if (!entrypoint.empty()) command.insert(command.end(), {"--entrypoint", entrypoint});
    if (!step.network.empty()) command.insert(command.end(), {"--network", step.network});
    for (const auto& [host, container] :
         std::vector<std::pair<std::string, std::string>>{{options_.docker_socket, "/var/run/docker.sock"},
                                                          {temp_, "/github/runner_temp"},
                                                          {home_, "/github/home"},
                                                          {workflow_, "/github/workflow"},
                                                          {commands_, "/github/file_commands"},
                                                          {workspace_, "/github/workspace"}}) {
        command.insert(command.end(), {"-v", fmt::format("{}:{}", host, container)});
    }
    // Not the runner's: at GitHub, DNS knows these names.
    for (const auto& [name, address] : step.hosts) {
        command.insert(command.end(), {"--add-host", fmt::format("{}:{}", name, address)});
    }
    // Not the runner's: the promise that the image needs no writable root is checked by taking it away.
    if (step.read_only) command.emplace_back("--read-only");
    command.push_back(options_.image);
    const auto& arguments = step.arguments.empty() ? options_.action.args : step.arguments;
    command.insert(command.end(), arguments.begin(), arguments.end());
    return {std::move(command), std::move(variables)};
}

Step Job::post(Step step, const Result& result) const {
    step.entrypoint = options_.action.post_entrypoint;
    for (const auto& [name, value] : result.state) {
        step.env["STATE_" + name] = value;
    }
    return step;
}

Result Job::run(const Step& step, std::chrono::milliseconds timeout) {
    return start(step).finish(timeout);
}

RunningStep Job::start(const Step& step) {
    ++step_number_;
    make_command_files();
    return {*this, step};
}

RunningStep::RunningStep(Job& job, const Step& step)
    : job_(&job),
      container_(sanitized(job.options_.image) + "_" + random_hex(6)),
      processor_(std::make_unique<LogProcessor>(job.masker_)) {
    out_ = std::make_unique<LineSplitter>([this](std::string line) { on_line(std::move(line)); });
    err_ = std::make_unique<LineSplitter>([this](std::string line) { on_line(std::move(line)); });
    auto [command, variables] = job.command_line(step, container_);
    child_ = std::make_unique<support::ChildProcess>(
        command, support::ChildOptions{.environment = std::move(variables), .directory = job.workspace_},
        [this](support::Stream stream, std::string_view bytes) { on_output(stream, bytes); });
}

void RunningStep::on_output(support::Stream stream, std::string_view bytes) {
    (stream == support::Stream::kOut ? out_ : err_)->push(bytes);
}

void RunningStep::on_line(std::string line) {
    processor_->feed(line);
    log_.push_back(std::move(line));
}

const std::vector<std::string>& RunningStep::displayed() const {
    return processor_->displayed;
}

bool RunningStep::wait_for(std::string_view text, std::chrono::milliseconds timeout) {
    std::size_t seen = 0;
    return wait_until(
        [&] {
            for (; seen < log_.size(); ++seen) {
                if (log_[seen].find(text) != std::string::npos) return true;
            }
            return false;
        },
        timeout);
}

bool RunningStep::wait_until(const std::function<bool()>& done, std::chrono::milliseconds timeout) {
    return child_->pump_until(done, timeout);
}

Result RunningStep::cancel() {
    child_->signal(SIGINT);
    if (child_->running_after(std::chrono::milliseconds(7500))) child_->signal(SIGTERM);
    if (child_->running_after(std::chrono::milliseconds(2500))) child_->signal(SIGKILL);
    return finish(std::chrono::seconds(5));
}

Result RunningStep::finish(std::chrono::milliseconds timeout) {
    const support::ChildResult child = child_->wait(timeout);
    out_->finish();
    err_->finish();

    Result result;
    result.exit_code = child.exit_code;
    result.out = child.out;
    result.err = child.err;
    result.duration = child.wall;
    read_command_files(result);
    result.annotations = processor_->annotations;
    result.executed = processor_->executed;
    result.failures.insert(result.failures.end(), processor_->failures.begin(), processor_->failures.end());
    result.log = log_;
    result.displayed = text::join(processor_->displayed, "\n");
    result.groups = processor_->groups;
    result.open_groups = processor_->open_groups;
    result.stopped = processor_->stopped();
    return result;
}

void RunningStep::read_command_files(Result& result) const {
    const auto read_pairs = [&](std::string_view prefix, std::map<std::string, std::string>& into) {
        const KeyValues read = parse_key_values(support::read_file(job_->command_file(prefix)));
        for (const auto& [name, value] : read.pairs) {
            into[name] = value;
        }
        if (read.error) result.failures.push_back(std::string(prefix) + ": " + *read.error);
    };
    result.outputs.insert(processor_->outputs.begin(), processor_->outputs.end());
    result.state.insert(processor_->state.begin(), processor_->state.end());
    read_pairs("set_output_", result.outputs);
    read_pairs("set_env_", result.env);
    read_pairs("save_state_", result.state);
    result.paths = parse_paths(support::read_file(job_->command_file("add_path_")));

    const std::string summary = support::read_file(job_->command_file("step_summary_"));
    if (summary.size() > kStepSummaryLimit) {
        result.failures.push_back("step_summary_: the summary has " + std::to_string(summary.size()) +
                                  " bytes");
    } else {
        result.summary = job_->masker_.mask(summary);
    }
}

}  // namespace pr_image::e2e
