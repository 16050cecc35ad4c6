#include "plan/build/withhold.hpp"

#include "text/strings.hpp"
#include "text/userinfo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace pr_image::plan {

namespace {

constexpr std::string_view kInsteadOfArgument =
    "Give it in input secrets, and mount it with RUN --mount=type=secret.";

void withhold_secrets(BuildRequest& build, const Grants& grants, std::vector<Warning>& warnings) {
    const bool secrets_stay = grants.has(Grant::build_secrets) || build.secrets.empty();
    const bool ssh_stays = grants.has(Grant::ssh) || build.ssh.empty();
    if (secrets_stay && ssh_stays) return;
    std::vector<std::string> ids;
    ids.reserve(build.secrets.size());
    for (const BuildSecret& secret : build.secrets)
        ids.push_back(secret.id);
    warnings.push_back(
        {"Secrets left out", fmt::format("The code is not trusted, so it gets no secret ({}) and no "
                                         "SSH agent.",
                                         ids.empty() ? "none given" : text::join(ids, ", "))});
    if (!secrets_stay) build.secrets.clear();
    if (!ssh_stays) build.ssh.clear();
}

/// An entitlement lets a step out of its sandbox: into the host's network, or
/// with `security.insecure` into everything that this machine holds. Where the
/// event hands out secrets, that is where they are.
void withhold_entitlements(BuildRequest& build, const Grants& grants, std::vector<Warning>& warnings) {
    if (grants.has(Grant::entitlements) || build.allow.empty()) return;
    warnings.push_back(
        {"Entitlements left out", fmt::format("The code is not trusted, so it is not allowed: {}.",
                                              text::printable(text::join(build.allow, ", ")))});
    build.allow.clear();
}

/// buildx allows `network.host` by itself where the network is the host's. Only
/// what is known to be a sandbox stays, whatever buildx may come to understand.
void withhold_network(BuildRequest& build, const Grants& grants, std::vector<Warning>& warnings) {
    const bool sandboxed = build.network.empty() || build.network == "default" || build.network == "none";
    if (grants.has(Grant::host_network) || sandboxed) return;
    warnings.push_back({"Network left out", fmt::format("The code is not trusted, so its steps "
                                                        "do not run in the network '{}'.",
                                                        text::printable(build.network))});
    build.network.clear();
}

/// The names of arguments are shown, unless a secret stands in one.
std::string argument_name(const std::string& argument, const KnownSecrets& known) {
    const std::string name = argument.substr(0, argument.find('='));
    return known.in(name) ? std::string("(its name is not shown)") : text::printable(name);
}

void withhold_arguments(BuildRequest& build, const KnownSecrets& known, const Grants& grants,
                        std::vector<Warning>& warnings) {
    std::vector<std::string> names;
    for (const std::string& argument : build.build_args) {
        if (known.in(argument)) names.push_back(argument_name(argument, known));
    }
    if (names.empty()) return;
    if (grants.has(Grant::known_secrets)) {
        warnings.push_back({"Secret in a build argument",
                            fmt::format("The image's history and provenance show build arguments, "
                                        "and one holds a secret "
                                        "of this step: {}. {}",
                                        text::join(names, ", "), kInsteadOfArgument)});
        return;
    }
    warnings.push_back(
        {"Build arguments left out", fmt::format("The code is not trusted, and they hold a secret of this "
                                                 "step: {}. {}",
                                                 text::join(names, ", "), kInsteadOfArgument)});
    std::erase_if(build.build_args, [&](const std::string& argument) { return known.in(argument); });
}

void withhold_userinfo(std::string_view input, std::string& address, const KnownSecrets& known,
                       const Grants& grants, std::vector<Warning>& warnings) {
    if (grants.has(Grant::known_secrets)) {
        if (!known.in(address)) return;
        warnings.push_back(
            {"Secret in an address", fmt::format("Input {} holds a secret of this step, which the image's "
                                                 "provenance "
                                                 "shows. Give it in input secrets as GIT_AUTH_TOKEN.",
                                                 input)});
        return;
    }
    std::string bare = text::without_userinfo(address);
    if (bare == address) return;
    address = std::move(bare);
    warnings.push_back({"Credential left out",
                        fmt::format("The code is not trusted, so input {} is fetched from its address "
                                    "without the user and password in it.",
                                    input)});
}

void withhold_addresses(BuildRequest& build, const KnownSecrets& known, const Grants& grants,
                        std::vector<Warning>& warnings) {
    withhold_userinfo("context", build.context.text, known, grants, warnings);
    withhold_userinfo("file", build.file.text, known, grants, warnings);
    for (NamedContext& context : build.build_contexts)
        withhold_userinfo("build-contexts", context.source.text, known, grants, warnings);
}

std::vector<std::string> joined(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::vector<std::string> entries;
    entries.reserve(pairs.size());
    for (const auto& [key, value] : pairs)
        entries.push_back(fmt::format("{}={}", key, value));
    return entries;
}

template <typename Entry>
std::vector<std::string> texts(const std::vector<Entry>& entries) {
    std::vector<std::string> all;
    all.reserve(entries.size());
    for (const Entry& entry : entries) {
        all.push_back(entry.text());
        // In the text a quote of a value is doubled.
        if constexpr (requires { entry.attributes; }) {
            for (const auto& [key, value] : entry.attributes)
                all.insert(all.end(), {key, value});
        } else {
            all.push_back(entry.value);
        }
    }
    return all;
}

std::vector<std::string> strings(const std::vector<NamedContext>& contexts) {
    std::vector<std::string> all;
    all.reserve(contexts.size());
    for (const NamedContext& context : contexts)
        all.push_back(context.string());
    return all;
}

std::vector<std::string> node_options(const Builder& builder) {
    std::vector<DriverOption> options;
    for (const BuilderNode& node : builder.nodes)
        std::ranges::copy(node.driver_opts, std::back_inserter(options));
    return texts(options);
}

}  // namespace

void withhold(BuildRequest& build, const KnownSecrets& known, const Grants& grants,
              std::vector<Warning>& warnings) {
    withhold_secrets(build, grants, warnings);
    withhold_entitlements(build, grants, warnings);
    withhold_network(build, grants, warnings);
    withhold_arguments(build, known, grants, warnings);
    withhold_addresses(build, known, grants, warnings);
}

Result<void> check_known_secrets(const Plan& plan, const KnownSecrets& known) {
    if (plan.grants.has(Grant::known_secrets)) return {};
    const BuildRequest& build = plan.build;
    const std::vector<std::pair<std::string_view, std::vector<std::string>>> handed_over{
        {"context", {build.context.text}},
        {"file", {build.file.text}},
        {"target", {build.target}},
        {"build-args", build.build_args},
        {"build-contexts", strings(build.build_contexts)},
        {"no-cache-filters", build.no_cache_filters},
        {"add-hosts", build.add_hosts},
        {"allow", build.allow},
        {"call", {build.call}},
        {"cgroup-parent", {build.cgroup_parent}},
        {"network", {build.network}},
        {"shm-size", {build.shm_size}},
        {"ulimit", build.ulimits},
        {"attests", texts(build.attests)},
        {"outputs", texts(plan.outputs.given)},
        {"cache-from", texts(plan.cache_from)},
        {"cache-to", texts(plan.cache_to)},
        {"labels", joined(plan.labels)},
        {"annotations", plan.annotations},
        {"driver-opts", texts(plan.builder.driver_opts)},
        {"nodes", node_options(plan.builder)}};
    for (const auto& [input, entries] : handed_over) {
        if (std::ranges::none_of(entries, [&](const std::string& entry) { return known.in(entry); }))
            continue;
        return text::fail(fmt::format("Secret in input '{}'", input),
                          "it holds a secret that this step knows, and the build "
                          "of untrusted code would be handed it",
                          "Give secrets in input secrets only, which untrusted "
                          "code does not get.");
    }
    return {};
}

}  // namespace pr_image::plan
