#pragma once

#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "commands/run.hpp"
#include "support/files.hpp"
#include "support/made_folders.hpp"
#include "support/temporary_folder.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::commands {

/// What one run of the program said and did.
struct Run {
    int status = -1;
    std::string log;
    std::map<std::string, std::string> outputs;
    std::string summary;
    std::chrono::duration<double> took{};

    [[nodiscard]] std::size_t count(std::string_view part) const {
        std::size_t found = 0;
        for (std::size_t at = log.find(part); at != std::string::npos; at = log.find(part, at + 1))
            ++found;
        return found;
    }
    /// How many error annotations there are: "error: …", or "FILE:LINE: error: …".
    [[nodiscard]] std::size_t errors() const {
        std::size_t found = 0;
        for (const std::string_view line : text::lines(log)) {
            const std::size_t at = line.find("error: ");
            found += static_cast<std::size_t>(at == 0 ||
                                              (at != std::string_view::npos && at >= 2 &&
                                               line.substr(at - 2, 2) == ": " && line.find(' ') == at - 1));
        }
        return found;
    }
    [[nodiscard]] std::size_t retries() const { return count("Build is tried again"); }
    /// The output `report` of a clean-up.
    [[nodiscard]] boost::json::value report() const {
        return text::parse_json(outputs.at("report"), "report").value();
    }
};

/// An event of this repository, a pull request's until another is told, and the program as a job's step would
/// start it, in this process.
class RunWorld {
  public:
    RunWorld() {
        std::filesystem::create_directories(workspace());
        std::filesystem::create_directories(temp());
        variables = {{"PATH", "/usr/bin:/bin"},
                     {"HOME", (folder.path() / "home").string()},
                     {"RUNNER_TEMP", temp().string()},
                     {"GITHUB_REPOSITORY", "acme/app"},
                     {"GITHUB_REPOSITORY_ID", "1"},
                     {"GITHUB_REF", "refs/pull/7/merge"},
                     {"GITHUB_SHA", std::string(40, 'b')},
                     {"GITHUB_ACTOR", "mona"},
                     {"GITHUB_RUN_ID", "17"},
                     {"GITHUB_RUN_ATTEMPT", "1"},
                     {"GITHUB_WORKSPACE", workspace().string()},
                     {"GITHUB_EVENT_PATH", (folder.path() / "event.json").string()},
                     {"GITHUB_STEP_SUMMARY", (folder.path() / "summary.md").string()},
                     {"INPUT_REUSE", "false"},
                     {"INPUT_RETRY-WAIT", "0s"}};
        event("pull_request",
              {{"action", "synchronize"},
               {"pull_request",
                {{"number", 7},
                 {"head", {{"sha", std::string(40, 'a')}, {"ref", "x"}, {"repo", {{"id", 1}}}}},
                 {"base", {{"ref", "main"}, {"sha", std::string(40, 'c')}, {"repo", {{"id", 1}}}}}}}});
    }

    /// From now on runs are about this event, which has these members beside those that all have.
    void event(const std::string& name, boost::json::object members = {}) {
        members["repository"] = {
            {"id", 1}, {"default_branch", "main"}, {"owner", {{"login", "acme"}, {"type", "Organization"}}}};
        support::write_file(folder.path() / "event.json", boost::json::serialize(members));
        variables["GITHUB_EVENT_NAME"] = name;
    }

    /// From now on this commit is checked out in the workspace.
    void check_out(const std::string& commit) const {
        std::filesystem::create_directories(workspace() / ".git");
        write(".git/HEAD", commit + "\n");
    }

    void write(const std::string& name, const std::string& content) const {
        support::write_file(workspace() / name, content);
    }

    Run run(const std::map<std::string, std::string>& inputs = {}) {
        actions::Environment::Variables all = variables;
        for (const auto& [name, value] : inputs)
            all["INPUT_" + upper(name)] = value;
        support::write_file(folder.path() / "summary.md", "");
        Run result;
        const auto began = std::chrono::steady_clock::now();
        actions::Log log(
            [&](std::string_view lines) {
                result.log += lines;
                if (on_log) on_log(lines);
            },
            false, actions::system_token);
        result.status = commands::run(actions::Environment(std::move(all)), log);
        result.took = std::chrono::steady_clock::now() - began;
        result.summary = support::read_file(folder.path() / "summary.md");
        for (const std::string_view line : text::lines(result.log)) {
            for (const std::string_view name :
                 {"pushed", "digest", "strategy", "imageid", "metadata", "tag", "ref", "source", "deleted",
                  "untagged", "kept", "failed", "report"}) {
                if (line.starts_with(fmt::format("{}=", name)))
                    result.outputs[std::string(name)] = line.substr(name.size() + 1);
            }
        }
        return result;
    }

    /// What runs left in the runner's temporary folder, and of their private folders in the memory's.
    [[nodiscard]] std::vector<std::string> left() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(temp()))
            found.push_back(entry.path().string());
        for (const std::filesystem::path& made : support::made_folders()) {
            if (made.parent_path() == "/dev/shm") found.push_back(made.string());
        }
        return found;
    }

    [[nodiscard]] std::filesystem::path workspace() const { return folder.path() / "workspace"; }
    [[nodiscard]] std::filesystem::path temp() const { return folder.path() / "temp"; }
    [[nodiscard]] static std::string tag() { return "pr-7-" + std::string(40, 'a'); }

    support::TemporaryFolder folder;
    actions::Environment::Variables variables;
    std::function<void(std::string_view)> on_log;  ///< sees what the run prints, as it comes

  private:
    static std::string upper(std::string name) {
        for (char& c : name)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return name;
    }
};

}  // namespace pr_image::commands
