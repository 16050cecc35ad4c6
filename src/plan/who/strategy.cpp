#include "plan/who/strategy.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

/// The one refused image, if any, and why in words that say what to change.
struct Refusal {
    std::string why;
    std::string fix;
};

std::string permission_advice(const ImageName& image, const Event& event, const Inputs& inputs) {
    const bool dependabot = event.actor == "dependabot[bot]";
    const bool has_login = login_for(image.host(), event, inputs).has_value();
    if (is_github_registry(image.host(), event)) {
        if (!has_login) return "The input token is empty: leave it out, or give it ${{ github.token }}.";
        if (dependabot) {
            return "Dependabot's runs get a read-only token; give the job `permissions: packages: write` or "
                   "live "
                   "with the fallback.";
        }
        return fmt::format(
            "Give the job `permissions: packages: write`, and if the package {} exists already give this "
            "repository the role Write under its Package settings, Manage Actions access.",
            image.path());
    }
    if (has_login) {
        return fmt::format("Check that the account may push to {}.{}", image.string(),
                           dependabot ? " Dependabot's runs get a read-only GitHub token, unless the job has "
                                        "`permissions: packages: write`."
                                      : "");
    }
    return fmt::format("Give credentials for {} in username and password, or in registry-auth.{}",
                       image.host(),
                       dependabot ? " Dependabot's runs see only what is stored as Dependabot secrets." : "");
}

std::optional<Refusal> refusal(const Event& event, const Inputs& inputs, const std::vector<ImageName>& images,
                               const Facts& facts) {
    if (!facts.probed) return std::nullopt;
    for (const ImageName& image : images) {
        const auto found = facts.push.find(image.string());
        const PushFacts push = found == facts.push.end() ? PushFacts{} : found->second;
        switch (push.access) {
            case PushAccess::accepted:
                break;
            case PushAccess::unreachable:
                return Refusal{fmt::format("{} cannot be reached ({})", image.host(), push.why),
                               "Check the registry's name and the network between it and this runner."};
            case PushAccess::denied:
                return Refusal{
                    fmt::format("{} refuses the push to {} ({})", image.host(), image.path(), push.why),
                    permission_advice(image, event, inputs)};
            case PushAccess::unauthorized:
                return Refusal{fmt::format("{} does not accept the credentials for {} ({})", image.host(),
                                           image.path(), push.why),
                               permission_advice(image, event, inputs)};
            case PushAccess::not_probed:
                return Refusal{fmt::format("nobody asked {} whether it accepts the push", image.host()), ""};
        }
    }
    return std::nullopt;
}

std::string distrust(const Subject& subject) {
    switch (subject.head_repository) {
        case HeadRepository::gone:
            return "the pull request's head repository is gone";
        case HeadRepository::unknown:
            return fmt::format("nobody could say whose repository the head of pull request #{} is in",
                               subject.number->string());
        case HeadRepository::other:
        case HeadRepository::same:
            break;
    }
    return "the pull request comes from another repository";
}

Result<StrategyChoice> choose_without_push(const Event& event, const Inputs& inputs, const Subject& subject,
                                           const Grants& grants) {
    const std::string who = distrust(subject);
    if (!grants.has(Grant::build)) {
        return fail(
            "Untrusted code",
            fmt::format("{}, and {} hands out secrets and a writing token", who, event.name),
            "Build forks on the event pull_request. To build here all the same, without secrets, token and "
            "cache, set untrusted: build.");
    }
    StrategyChoice choice{
        Strategy::fallback, who + ", so nothing is pushed and no credential is near the build", {}};
    if (inputs.strategy.push == PushWish::yes) {
        choice.warnings.push_back({"Not pushed", who + "; push: true does not change that."});
    }
    return choice;
}

Result<StrategyChoice> choose_refused(const Inputs& inputs, const Subject& subject, const Refusal& refused) {
    MissingCredentials wish = inputs.strategy.missing_credentials;
    if (wish == MissingCredentials::automatic) {
        // For a branch or a release the push is the point of the run: a green check without it would lie.
        wish = subject.number ? MissingCredentials::fallback : MissingCredentials::fail;
    }
    if (inputs.strategy.push == PushWish::yes) wish = MissingCredentials::fail;
    if (wish == MissingCredentials::fail) return fail("Push not possible", refused.why, refused.fix);
    const bool skip = wish == MissingCredentials::skip;
    return StrategyChoice{
        skip ? Strategy::skip : Strategy::fallback,
        fmt::format(
            "{}, so {}", refused.why,
            skip ? "nothing is built (missing-credentials: skip)" : "the image is built without a push"),
        {{skip ? "Skipped" : "Not pushed", fmt::format("{}. {}", refused.why, refused.fix)}}};
}

std::string_view why_no_push(const Inputs& inputs) {
    if (!inputs.build.call.empty()) return "call asks about the Dockerfile and builds nothing";
    if (inputs.strategy.push == PushWish::automatic)
        return "outputs say where the result goes, and none of them pushes";
    return "push: false asks for an image that stays on this machine";
}

}  // namespace

bool is_github_registry(std::string_view host, const Event& event) {
    std::string_view server = event.server_url;
    const std::size_t scheme = server.find("://");
    if (scheme != std::string_view::npos) server.remove_prefix(scheme + 3);
    return server == "github.com" ? host == "ghcr.io" : host == fmt::format("containers.{}", server);
}

PushWish push_wish(const Inputs& inputs) {
    if (!inputs.build.call.empty()) return PushWish::no;
    if (inputs.strategy.push != PushWish::automatic || inputs.build.outputs.empty())
        return inputs.strategy.push;
    return std::ranges::any_of(inputs.build.outputs, &OutputEntry::pushes) ? PushWish::automatic
                                                                           : PushWish::no;
}

std::optional<RegistryLogin> login_for(std::string_view host, const Event& event, const Inputs& inputs) {
    const auto given = std::ranges::find(inputs.credentials.logins, host, &RegistryLogin::host);
    if (given != inputs.credentials.logins.end()) {
        RegistryLogin login = *given;
        if (login.username.empty()) login.username = event.actor;
        return login;
    }
    if (inputs.credentials.token.empty() || !is_github_registry(host, event)) return std::nullopt;
    return RegistryLogin{std::string(host), event.actor.empty() ? "x-access-token" : event.actor,
                         inputs.credentials.token};
}

Result<StrategyChoice> choose_strategy(const Event& event, const Inputs& inputs, const Subject& subject,
                                       const Grants& grants, const std::vector<ImageName>& images,
                                       const Facts& facts) {
    if (subject.closed) {
        return StrategyChoice{
            Strategy::skip,
            fmt::format("pull request #{} is closed: there is nothing to build", subject.number->string()),
            {}};
    }
    if (!grants.has(Grant::push)) return choose_without_push(event, inputs, subject, grants);
    if (push_wish(inputs) == PushWish::no) {
        return StrategyChoice{Strategy::fallback, std::string(why_no_push(inputs)), {}};
    }
    if (const std::optional<Refusal> refused = refusal(event, inputs, images, facts)) {
        return choose_refused(inputs, subject, *refused);
    }
    const std::string_view accepted =
        facts.probed ? "and the registry accepts the push" : "and the registry is assumed to accept the push";
    if (!subject.number) {
        return StrategyChoice{Strategy::push,
                              fmt::format("{} is this repository's own {}", printable(event.ref), accepted),
                              {}};
    }
    return StrategyChoice{
        Strategy::push,
        fmt::format("pull request #{} comes from this repository {}", subject.number->string(), accepted),
        {}};
}

}  // namespace pr_image::plan
