#include "bench/common/job.hpp"

#include "support/files.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <utility>

namespace pr_image::bench {

Job::Job(const e2e::PullRequestSpec& spec, const e2e::Files& base, const e2e::Files& change)
    : workspace_(folder_.path() / "work" / "App") {
    const e2e::Repository repository;
    const e2e::Commits commits =
        e2e::Checkout(repository.full_name()).pull_request(workspace_, base, change, spec.number);
    const e2e::Event event = e2e::pull_request(spec, commits);
    support::write_file(folder_.path() / "event.json", boost::json::serialize(event.payload));
    std::filesystem::create_directories(folder_.path() / "temp");
    tag_ = fmt::format("pr-{}-{}", spec.number, commits.head);
    variables_ = {{"GITHUB_ACTIONS", "true"},
                  {"GITHUB_ACTOR", event.actor.login},
                  {"GITHUB_API_URL", "http://127.0.0.1:9"},
                  {"GITHUB_BASE_REF", event.base_ref},
                  {"GITHUB_EVENT_NAME", event.name},
                  {"GITHUB_EVENT_PATH", folder_.path() / "event.json"},
                  {"GITHUB_HEAD_REF", event.head_ref},
                  {"GITHUB_OUTPUT", folder_.path() / "output"},
                  {"GITHUB_REF", event.ref},
                  {"GITHUB_REPOSITORY", repository.full_name()},
                  {"GITHUB_REPOSITORY_ID", std::to_string(repository.id)},
                  {"GITHUB_RUN_ATTEMPT", "1"},
                  {"GITHUB_RUN_ID", "1658821493"},
                  {"GITHUB_SERVER_URL", "https://github.com"},
                  {"GITHUB_SHA", event.sha},
                  {"GITHUB_STATE", folder_.path() / "state"},
                  {"GITHUB_STEP_SUMMARY", folder_.path() / "summary"},
                  {"GITHUB_WORKSPACE", workspace_},
                  {"HOME", folder_.path()},
                  {"INPUT_CACHE", "none"},
                  {"INPUT_REGISTRY", registry_.host()},
                  {"RUNNER_TEMP", folder_.path() / "temp"}};
}

support::ChildOptions Job::options(std::map<std::string, std::string> more) const {
    for (const auto* name : {"output", "summary", "state"})
        support::write_file(folder_.path() / name, "");
    more.insert(variables_.begin(), variables_.end());
    return {.environment = std::move(more), .directory = workspace_};
}

}  // namespace pr_image::bench
