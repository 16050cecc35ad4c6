#include "plan/decide.hpp"

#include "plan/builder.hpp"
#include "plan/cache.hpp"
#include "plan/labels.hpp"
#include "plan/names.hpp"
#include "plan/plan_json.hpp"
#include "plan/strategy.hpp"
#include "plan/subject.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::fail;

namespace {

/// The wrong commit in the workspace is how tests come to run against the wrong image. Where inputs name the
/// pull request, it is also how a fork's code would get what only the named one is trusted with.
Result<void> check_checkout(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Facts& facts, Plan& plan) {
    if (!facts.checked_out || !subject.number) return {};
    const CommitSha& there = *facts.checked_out;
    const auto is_there = [&](const std::optional<CommitSha>& commit) {
        return commit && commit->same_commit(there);
    };
    if (is_there(subject.sha) || is_there(subject.head_sha) || is_there(subject.merge_sha)) return {};
    const std::string head = subject.head_sha.value_or(subject.sha).string();
    if (event.sha == there || needs_subject_inputs(event, inputs)) {
        return fail(
            "Wrong commit checked out",
            fmt::format("the workspace holds {}{}, not the head {} of pull request #{}", there.string(),
                        event.sha == there ? fmt::format(", which {} checks out by default", event.name)
                                           : std::string(),
                        head, subject.number->string()),
            "Give actions/checkout the input ref with the pull request's head SHA.");
    }
    plan.warnings.push_back({"Another commit is checked out",
                             fmt::format("The image is named after {}, but the workspace holds {}.",
                                         subject.sha.string(), there.string())});
    return {};
}

BuildRequest build_request(const Inputs& inputs, const Subject& subject, Plan& plan) {
    BuildRequest build{.context = inputs.context,
                       .file = inputs.file,
                       .target = inputs.target,
                       .build_args = inputs.build_args,
                       .build_contexts = inputs.build_contexts,
                       .secrets = inputs.secrets,
                       .ssh = inputs.ssh,
                       .no_cache = inputs.no_cache,
                       .pull = inputs.pull,
                       .provenance = inputs.provenance,
                       .sbom = inputs.sbom};
    if (!subject.trusted && (!build.secrets.empty() || !build.ssh.empty())) {
        std::vector<std::string> ids;
        ids.reserve(build.secrets.size());
        for (const BuildSecret& secret : build.secrets)
            ids.push_back(secret.id);
        plan.warnings.push_back(
            {"Secrets left out",
             fmt::format("The code is not trusted, so it gets no secret ({}) and no SSH agent.",
                         ids.empty() ? "none given" : text::join(ids, ", "))});
        build.secrets.clear();
        build.ssh.clear();
    }
    if (subject.trusted && !inputs.empty_secrets.empty()) {
        plan.warnings.push_back(
            {"Secrets left out",
             fmt::format("Without a value the build does not get: {}. Dependabot's runs see only "
                         "what is stored as Dependabot secrets.",
                         text::join(inputs.empty_secrets, ", "))});
    }
    return build;
}

/// Without the containerd image store the engine holds images of one platform only.
Result<void> choose_platforms(const Inputs& inputs, const Subject& subject, const Facts& facts, Plan& plan) {
    plan.platforms = subject.number ? inputs.pr_platforms : inputs.platforms;
    const bool holds_one = facts.engine && !facts.engine->containerd_image_store;
    if (!holds_one || plan.platforms.size() < 2) return {};
    if (plan.strategy == Strategy::push && inputs.load) {
        return fail("Invalid input 'load'",
                    fmt::format("this engine ({}) holds one platform, and {} are built",
                                facts.engine->version, plan.platforms.size()),
                    "Leave load out, build for one platform, or turn the containerd image store on.");
    }
    if (plan.strategy == Strategy::push) return {};
    const bool own = std::ranges::find(plan.platforms, facts.engine->platform) != plan.platforms.end();
    plan.platforms = {own ? facts.engine->platform : plan.platforms.front()};
    plan.warnings.push_back(
        {"One platform only",
         fmt::format("Without the containerd image store the engine holds one platform, so only {} is built.",
                     plan.platforms.front())});
    return {};
}

Result<void> choose_where(const Inputs& inputs, const Facts& facts, Plan& plan) {
    plan.outputs.registry = plan.strategy == Strategy::push;
    plan.outputs.load = plan.strategy == Strategy::fallback || inputs.load;
    const auto is_set = [](const std::string& wish) { return !wish.empty() && wish != "false"; };
    const auto is_exported = [](const std::string& entry) { return cache_type(entry) != "inline"; };
    const auto on_loopback = [](const ImageName& image) { return text::is_loopback(image.host()); };
    const BuilderNeeds needs{.several_platforms = plan.platforms.size() > 1,
                             .cache_export = std::ranges::any_of(plan.cache_to, is_exported),
                             .cache_service = plan.cache_service,
                             .several_outputs = !plan.outputs.tar.empty(),
                             .attestations = is_set(inputs.provenance) || is_set(inputs.sbom),
                             .loopback_registry = std::ranges::any_of(plan.images, on_loopback)};
    Result<Builder> builder = choose_builder(inputs, needs, facts);
    if (!builder) return std::unexpected(builder.error());
    plan.builder = *std::move(builder);
    // The docker driver's push leaves the image in the engine: a second output would only write it twice.
    if (plan.builder.driver == Driver::docker && plan.outputs.registry) plan.outputs.load = false;
    return {};
}

/// What the workflow wrote down is for base images too; GitHub's token is only for the push.
std::vector<std::string> choose_logins(const Event& event, const Inputs& inputs, const Plan& plan) {
    std::vector<std::string> hosts;
    if (!plan.trusted) return hosts;
    const auto add = [&](const std::string& host) {
        if (std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
    };
    for (const ImageName& image : plan.images) {
        if (plan.strategy == Strategy::push && login_for(image.host(), event, inputs)) add(image.host());
    }
    for (const RegistryLogin& login : inputs.logins)
        add(login.host);
    return hosts;
}

/// Rule: design §3 "Immutable". An ephemeral tag may only hold an image that this plan would build again, or
/// one of an older merge of the same head, which is replaced.
Result<void> choose_reuse(const Names& names, const Facts& facts, const Inputs& inputs, Plan& plan) {
    const bool looks = inputs.reuse && names.subject.number && plan.strategy == Strategy::push;
    if (!looks || !facts.existing) return {};
    const auto held = [&](std::string_view key) {
        const auto found = facts.existing->labels.find(std::string(key));
        return found == facts.existing->labels.end() ? std::string() : found->second;
    };
    const std::string_view wanted_revision = label(plan.labels, kRevisionLabel);
    const bool same_revision = held(kRevisionLabel) == wanted_revision;
    const bool same_head = held(kNumberLabel) == names.subject.number->string() &&
                           held(kHeadShaLabel) == label(plan.labels, kHeadShaLabel);
    if (same_head && same_revision && held(kPlanLabel) == plan.hash) {
        plan.reuse = facts.existing->digest;
        plan.reason += ", which holds this very image already";
        return {};
    }
    if (same_head && !same_revision) {
        plan.moved_from = facts.existing->digest;
        return {};
    }
    return fail(
        "Tag already taken",
        fmt::format("{} holds {}, which {}", plan.tags.front().string(), facts.existing->digest.string(),
                    same_head ? "was built from this commit with other inputs"
                              : "its labels do not tie to this pull request's head"),
        "Give each image of a workflow its own variant, or set reuse: false to replace what is there.");
}

}  // namespace

std::string_view to_string(Strategy strategy) {
    switch (strategy) {
        case Strategy::push:
            return "push";
        case Strategy::fallback:
            return "fallback";
        case Strategy::skip:
            return "skip";
    }
    return "skip";
}

Result<Questions> questions(const Event& event, const Inputs& inputs) {
    Result<Names> names = resolve_names(event, inputs, std::nullopt);
    if (!names) return std::unexpected(names.error());
    const Subject& subject = names->subject;
    Questions asked;
    if (needs_subject_inputs(event, inputs)) asked.pull_request = subject.number;
    const bool maybe_trusted = subject.trusted || asked.pull_request;
    if (subject.closed || !maybe_trusted || inputs.push == PushWish::no) return asked;
    asked.push_access = names->images;
    // The tag of an abbreviated commit is not known before GitHub's API has completed it.
    if (subject.number && subject.sha.is_full() && inputs.reuse)
        asked.existing = Reference(names->images.front(), names->tags.front());
    return asked;
}

Result<Plan> decide(const Event& event, const Inputs& inputs, const Facts& facts) {
    Result<Names> names = resolve_names(event, inputs, facts.pull_request);
    if (!names) return std::unexpected(names.error());
    const Subject& subject = names->subject;
    Result<StrategyChoice> choice = choose_strategy(event, inputs, subject, names->images, facts);
    if (!choice) return std::unexpected(choice.error());

    Plan plan{.command = inputs.command,
              .strategy = choice->strategy,
              .reason = std::move(choice->reason),
              .warnings = std::move(choice->warnings),
              .event_name = event.name,
              .number = subject.number,
              .sha = subject.sha,
              .same_repository = subject.head_repository == HeadRepository::same,
              .trusted = subject.trusted,
              .images = names->images};
    if (plan.strategy == Strategy::skip) return plan;

    for (const ImageName& image : plan.images) {
        for (const Tag& tag : names->tags)
            plan.tags.emplace_back(image, tag);
    }
    if (Result<void> checked = check_checkout(event, inputs, subject, facts, plan); !checked) {
        return std::unexpected(checked.error());
    }
    Result<Labels> labels = image_labels(event, inputs, subject, facts, names->tags.front().string());
    if (!labels) return std::unexpected(labels.error());
    plan.labels = *std::move(labels);
    plan.annotations = inputs.annotations;
    if (Result<void> chosen = choose_platforms(inputs, subject, facts, plan); !chosen) {
        return std::unexpected(chosen.error());
    }

    CacheChoice cache = choose_cache(event, inputs, subject, plan.images.front(), plan.strategy, facts);
    plan.cache_from = std::move(cache.from);
    plan.cache_to = std::move(cache.to);
    plan.cache_service = cache.uses_service;
    std::ranges::move(cache.warnings, std::back_inserter(plan.warnings));

    plan.build = build_request(inputs, subject, plan);
    if (Result<void> chosen = choose_where(inputs, facts, plan); !chosen)
        return std::unexpected(chosen.error());
    plan.login_hosts = choose_logins(event, inputs, plan);
    plan.hash = plan_hash(plan, event.workspace);
    plan.labels.emplace_back(kPlanLabel, plan.hash);
    if (Result<void> chosen = choose_reuse(*names, facts, inputs, plan); !chosen) {
        return std::unexpected(chosen.error());
    }
    return plan;
}

}  // namespace pr_image::plan
