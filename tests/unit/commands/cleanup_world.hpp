#pragma once

#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "commands/run.hpp"
#include "fakes/package_server.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pr_image::commands {

/// What one run of clean-up said and did.
struct CleanupRun {
    int status = -1;
    std::string log;
    std::map<std::string, std::string> outputs;
    std::string summary;

    /// The output `report`.
    [[nodiscard]] boost::json::value report() const {
        return text::parse_json(outputs.at("report"), "report").value();
    }
};

/// A package at GitHub, and the program as a job's step would start it, in this process.
class CleanupWorld {
  public:
    static constexpr text::Timestamp kDaysAgo{std::chrono::hours(400'000)};

    explicit CleanupWorld(fakes::PackageServer::Options options = {}) : server(std::move(options)) {
        server.api().add_account("acme", "Organization");
        server.api().add_token("ghs_good", {});
        server.api().set_branches("acme/app", {"main"});
        server.api().set_pull_request("acme/app", 7, {.open = false, .closed_at = kDaysAgo});
        server.api().set_pull_request("acme/app", 8, {.open = true});
        event("pull_request", 7);
    }

    /// From now on runs are about this event; `number` is its pull request, closed.
    void event(const std::string& name, int number = 0) {
        boost::json::object payload{{"repository",
                                     {{"id", 1},
                                      {"default_branch", "main"},
                                      {"owner", {{"login", "acme"}, {"type", "Organization"}}}}}};
        if (number != 0) {
            payload["action"] = "closed";
            payload["pull_request"] = {
                {"number", number},
                {"head", {{"sha", std::string(40, 'a')}, {"ref", "x"}, {"repo", {{"id", 1}}}}},
                {"base", {{"ref", "main"}}}};
        }
        support::write_file(folder.path() / "event.json", boost::json::serialize(payload));
        variables["GITHUB_EVENT_NAME"] = name;
    }

    CleanupRun run(const std::map<std::string, std::string>& inputs = {}) {
        actions::Environment::Variables all{{"GITHUB_REPOSITORY", "acme/app"},
                                            {"GITHUB_REPOSITORY_ID", "1"},
                                            {"GITHUB_REF", "refs/heads/main"},
                                            {"GITHUB_SHA", std::string(40, 'b')},
                                            {"GITHUB_ACTOR", "mona"},
                                            {"GITHUB_RUN_ID", "17"},
                                            {"GITHUB_RUN_ATTEMPT", "1"},
                                            {"GITHUB_WORKSPACE", folder.path().string()},
                                            {"GITHUB_EVENT_PATH", (folder.path() / "event.json").string()},
                                            {"GITHUB_STEP_SUMMARY", (folder.path() / "summary.md").string()},
                                            {"GITHUB_API_URL", server.api_url()},
                                            {"INPUT_COMMAND", "cleanup"},
                                            {"INPUT_TOKEN", "ghs_good"},
                                            {"INPUT_REGISTRY", server.host()},
                                            {"INPUT_CLEANUP-BACKEND", "github"}};
        for (const auto& [name, value] : variables)
            all[name] = value;
        for (const auto& [name, value] : inputs)
            all["INPUT_" + upper(name)] = value;
        support::write_file(folder.path() / "summary.md", "");
        CleanupRun result;
        actions::Log log([&](std::string_view lines) { result.log += lines; }, false, actions::system_token);
        result.status = commands::run(actions::Environment(std::move(all)), log);
        result.summary = support::read_file(folder.path() / "summary.md");
        for (const std::string_view line : text::lines(result.log)) {
            for (const std::string_view name : {"deleted", "untagged", "kept", "failed", "report"}) {
                if (line.starts_with(fmt::format("{}=", name))) {
                    result.outputs[std::string(name)] = line.substr(name.size() + 1);
                }
            }
        }
        return result;
    }

    [[nodiscard]] std::string image() const { return server.host() + "/acme/app"; }
    [[nodiscard]] bool has(const std::string& digest) const { return server.api().has("acme/app", digest); }
    /// How many requests with that method and a target that contains `part` came since `from`.
    [[nodiscard]] std::size_t requests(std::string_view method, std::string_view part,
                                       std::size_t from = 0) const {
        std::size_t count = 0;
        const std::vector<fakes::Seen> all = server.requests();
        for (std::size_t i = from; i < all.size(); ++i)
            count += static_cast<std::size_t>(all[i].method == method && all[i].target.contains(part));
        return count;
    }

    support::TemporaryFolder folder;
    fakes::PackageServer server;
    actions::Environment::Variables variables;

  private:
    static std::string upper(std::string name) {
        for (char& c : name)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return name;
    }
};

}  // namespace pr_image::commands
