#include "plan/build/build_request.hpp"

#include "plan/build/default_context.hpp"
#include "plan/build/workspace_path.hpp"
#include "plan/names/labels.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace pr_image::plan {

namespace {

void leave_secrets_out(BuildRequest& build, const Grants& grants, Plan& plan) {
    const bool secrets_stay = grants.has(Grant::build_secrets) || build.secrets.empty();
    const bool ssh_stays = grants.has(Grant::ssh) || build.ssh.empty();
    if (secrets_stay && ssh_stays) return;
    std::vector<std::string> ids;
    ids.reserve(build.secrets.size());
    for (const BuildSecret& secret : build.secrets)
        ids.push_back(secret.id);
    plan.warnings.push_back(
        {"Secrets left out",
         fmt::format("The code is not trusted, so it gets no secret ({}) and no SSH agent.",
                     ids.empty() ? "none given" : text::join(ids, ", "))});
    if (!secrets_stay) build.secrets.clear();
    if (!ssh_stays) build.ssh.clear();
}

/// An entitlement lets a step out of its sandbox: into the host's network, or with `security.insecure` into
/// everything that this machine holds. Where the event hands out secrets, that is where they are.
void leave_entitlements_out(BuildRequest& build, const Grants& grants, Plan& plan) {
    if (grants.has(Grant::entitlements) || build.allow.empty()) return;
    plan.warnings.push_back(
        {"Entitlements left out", fmt::format("The code is not trusted, so it is not allowed: {}.",
                                              text::printable(text::join(build.allow, ", ")))});
    build.allow.clear();
}

}  // namespace

Facts facts_of_context(const Inputs& inputs, Facts facts) {
    if (names_default_context(inputs.build.context)) {
        facts.checked_out.reset();
    } else if (is_remote_context(inputs.build.context)) {
        facts.checked_out = fetched_commit(inputs.build.context);
    }
    return facts;
}

BuildRequest build_request(const Event& event, const Inputs& inputs, const Subject& subject,
                           const Grants& grants, Plan& plan) {
    const std::string address = default_context(event, revision(subject, Facts{}));
    BuildRequest build{.context = with_default_context(inputs.build.context, address),
                       .file = inputs.build.file,
                       .target = inputs.build.target,
                       .build_args = inputs.build.build_args,
                       .build_contexts = {},
                       .secrets = inputs.build.secrets,
                       .ssh = inputs.build.ssh,
                       .no_cache = inputs.build.no_cache,
                       .no_cache_filters = inputs.build.no_cache_filters,
                       .pull = inputs.build.pull,
                       .add_hosts = inputs.build.add_hosts,
                       .allow = inputs.build.allow,
                       .call = inputs.build.call,
                       .cgroup_parent = inputs.build.cgroup_parent,
                       .network = inputs.build.network,
                       .shm_size = inputs.build.shm_size,
                       .ulimits = inputs.build.ulimits};
    for (const std::string& entry : inputs.build.build_contexts) {
        const std::size_t source = entry.find('=') + 1;
        build.build_contexts.push_back(entry.substr(0, source) +
                                       with_default_context(std::string_view(entry).substr(source), address));
    }
    leave_secrets_out(build, grants, plan);
    leave_entitlements_out(build, grants, plan);

    const auto has_token = [](const BuildSecret& secret) { return secret.id == "GIT_AUTH_TOKEN"; };
    if (grants.has(Grant::git_token) && build.context.starts_with(address) &&
        !inputs.credentials.git_token.empty() && std::ranges::none_of(build.secrets, has_token)) {
        build.secrets.push_back({git_token_id(event), inputs.credentials.git_token, {}});
    }
    if (grants.has(Grant::build_secrets) && !inputs.build.empty_secrets.empty()) {
        plan.warnings.push_back(
            {"Secrets left out",
             fmt::format("Without a value the build does not get: {}. Dependabot's runs see only "
                         "what is stored as Dependabot secrets.",
                         text::join(inputs.build.empty_secrets, ", "))});
    }
    return build;
}

}  // namespace pr_image::plan
