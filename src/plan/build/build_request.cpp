#include "plan/build/build_request.hpp"

#include "plan/build/build_source.hpp"
#include "plan/build/default_context.hpp"
#include "plan/build/known_secrets.hpp"
#include "plan/build/withhold.hpp"
#include "plan/names/labels.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace pr_image::plan {

namespace {

BuildSource with_address(BuildSource source, std::string_view address) {
    if (!source.path) source.text = with_default_context(source.text, address);
    return source;
}

}  // namespace

Facts facts_of_context(const Inputs& inputs, Facts facts) {
    if (names_default_context(inputs.build.context.text)) {
        facts.checked_out.reset();
    } else if (is_remote_context(inputs.build.context.text)) {
        facts.checked_out = fetched_commit(inputs.build.context.text);
    }
    return facts;
}

BuildRequest build_request(const Event& event, const BuildInputs& inputs, const CredentialInputs& credentials,
                           const Subject& subject, const Grants& grants, std::vector<Warning>& warnings) {
    const std::string address = default_context(event, revision(subject, Facts{}));
    BuildRequest build{.context = with_address(inputs.context, address),
                       .file = inputs.file,
                       .target = inputs.target,
                       .build_args = inputs.build_args,
                       .build_contexts = {},
                       .secrets = inputs.secrets,
                       .ssh = inputs.ssh,
                       .no_cache = inputs.no_cache,
                       .no_cache_filters = inputs.no_cache_filters,
                       .pull = inputs.pull,
                       .add_hosts = inputs.add_hosts,
                       .allow = inputs.allow,
                       .call = inputs.call,
                       .cgroup_parent = inputs.cgroup_parent,
                       .network = inputs.network,
                       .shm_size = inputs.shm_size,
                       .ulimits = inputs.ulimits};
    for (const NamedContext& context : inputs.build_contexts)
        build.build_contexts.push_back({context.name, with_address(context.source, address)});
    withhold(build, KnownSecrets(credentials, inputs.secrets), grants, warnings);

    const auto has_token = [](const BuildSecret& secret) { return secret.id == "GIT_AUTH_TOKEN"; };
    if (grants.has(Grant::git_token) && build.context.text.starts_with(address) &&
        !credentials.git_token.empty() && std::ranges::none_of(build.secrets, has_token)) {
        build.secrets.push_back({git_token_id(event), credentials.git_token, {}});
    }
    if (grants.has(Grant::build_secrets) && !inputs.empty_secrets.empty()) {
        warnings.push_back({"Secrets left out", fmt::format("Without a value the build does not get: "
                                                            "{}. Dependabot's runs see only "
                                                            "what is stored as Dependabot secrets.",
                                                            text::join(inputs.empty_secrets, ", "))});
    }
    return build;
}

}  // namespace pr_image::plan
