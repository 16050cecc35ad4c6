#pragma once

#include "fakes/package_server.hpp"
#include "unit/commands/run_world.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::commands {

/// A package at GitHub, and a clean-up of it when a pull request is closed.
class CleanupWorld : public RunWorld {
  public:
    static constexpr text::Timestamp kDaysAgo{std::chrono::hours(400'000)};

    explicit CleanupWorld(fakes::PackageServer::Options options = {}) : server(std::move(options)) {
        server.api().add_account("acme", "Organization");
        server.api().add_token("ghs_good", {});
        server.api().set_branches("acme/app", {"main"});
        server.api().set_pull_request("acme/app", 7, {.open = false, .closed_at = kDaysAgo});
        server.api().set_pull_request("acme/app", 8, {.open = true});
        variables["GITHUB_REF"] = "refs/heads/main";
        variables["GITHUB_API_URL"] = server.api_url();
        variables["INPUT_COMMAND"] = "cleanup";
        variables["INPUT_TOKEN"] = "ghs_good";
        variables["INPUT_REGISTRY"] = server.host();
        variables["INPUT_CLEANUP-BACKEND"] = "github";
        event("pull_request", 7);
    }

    /// From now on runs are about this event; `number` is its pull request, closed.
    void event(const std::string& name, int number = 0) {
        if (number == 0) {
            RunWorld::event(name);
            return;
        }
        RunWorld::event(name,
                        {{"action", "closed"},
                         {"pull_request",
                          {{"number", number},
                           {"head", {{"sha", std::string(40, 'a')}, {"ref", "x"}, {"repo", {{"id", 1}}}}},
                           {"base", {{"ref", "main"}}}}}});
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

    fakes::PackageServer server;
};

}  // namespace pr_image::commands
