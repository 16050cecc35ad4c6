#include "plan/decide.hpp"

#include "plan/build/attestations.hpp"
#include "plan/build/build_request.hpp"
#include "plan/build/builder.hpp"
#include "plan/build/cache.hpp"
#include "plan/build/emulation.hpp"
#include "plan/build/known_secrets.hpp"
#include "plan/build/withhold.hpp"
#include "plan/handover/artifact.hpp"
#include "plan/handover/base.hpp"
#include "plan/handover/reuse.hpp"
#include "plan/handover/staging.hpp"
#include "plan/names/labels.hpp"
#include "plan/names/metadata_answer.hpp"
#include "plan/names/metadata_context.hpp"
#include "plan/names/names.hpp"
#include "plan/names/written_names.hpp"
#include "plan/plan_json.hpp"
#include "plan/who/checkout_rules.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/strategy.hpp"
#include "plan/who/subject.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::fail;

namespace {

/// Without the containerd image store the engine holds images of one platform only.
Result<void> choose_platforms(const Inputs& inputs, const Subject& subject, const Facts& facts, Plan& plan) {
    plan.platforms = subject.number ? inputs.platforms.pull_request : inputs.platforms.wanted;
    const bool holds_one = facts.engine && !facts.engine->containerd_image_store;
    if (!holds_one || plan.platforms.size() < 2) return {};
    if (plan.strategy == Strategy::push && inputs.handover.load) {
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

/// What input `outputs` asks for, but for pushes where this run does not push.
Result<void> choose_given_outputs(const Inputs& inputs, Plan& plan) {
    for (const OutputEntry& output : inputs.build.outputs) {
        if (output.by_digest && !plan.tags.empty()) {
            return fail("Invalid input 'outputs'",
                        fmt::format("'{}' pushes by digest alone, and there are tags, the first of them {}",
                                    text::printable(output.text()), plan.tags.front().string()),
                        "Leave push-by-digest out, or use metadata: none without tags.");
        }
        if (output.pushes && plan.strategy != Strategy::push) {
            plan.warnings.push_back(
                {"Output left out",
                 fmt::format("'{}' pushes, and this run does not push.", text::printable(output.text()))});
            continue;
        }
        plan.outputs.given.push_back(output);
        plan.outputs.given_push = plan.outputs.given_push || output.pushes;
    }
    return {};
}

Result<void> choose_outputs(const Inputs& inputs, Plan& plan) {
    if (!inputs.build.call.empty()) return {};
    if (Result<void> chosen = choose_given_outputs(inputs, plan); !chosen) return chosen;
    // Where `outputs` says where the result goes, nothing is added unless it is asked for.
    const bool own_push = inputs.build.outputs.empty() || inputs.strategy.push == PushWish::yes;
    plan.outputs.registry = plan.strategy == Strategy::push && own_push;
    // More names are for the image that this machine's engine holds.
    plan.outputs.load = inputs.handover.load || !inputs.handover.as.empty() ||
                        (plan.strategy == Strategy::fallback && plan.outputs.given.empty());
    return {};
}

Result<void> choose_builder_and_attests(const Event& event, const Inputs& inputs, const Facts& facts,
                                        Plan& plan) {
    const auto is_exported = [](const CacheEntry& entry) { return entry.type != CacheType::embedded; };
    const auto on_loopback = [](const ImageName& image) { return text::is_loopback(image.host()); };
    const auto is_docker = [](const OutputEntry& output) { return output.type == OutputType::docker; };
    const auto is_oci = [](const OutputEntry& output) { return output.type == OutputType::oci; };
    const std::size_t outputs =
        plan.outputs.given.size() + (plan.outputs.registry || plan.outputs.load ? 1 : 0);
    const BuilderNeeds needs{
        .several_platforms = plan.platforms.size() > 1,
        .cache_export = std::ranges::any_of(plan.cache_to, is_exported),
        .cache_service = plan.cache_service,
        .several_outputs = outputs > 1 || !plan.outputs.tar.empty(),
        .oci_output = std::ranges::any_of(inputs.build.outputs, is_oci),
        .attestations = wants_attestations(inputs),
        .loopback_registry = std::ranges::any_of(plan.images, on_loopback) ||
                             (facts.base && text::is_loopback(facts.base->reference.name().host()))};
    TRY_ASSIGN(Builder builder, choose_builder(inputs.builder, plan.grants, needs, facts, plan.warnings));
    plan.builder = std::move(builder);
    if (const auto lonely = platforms_without_node(plan.builder, plan.platforms); !lonely.empty()) {
        plan.warnings.push_back(
            {"No node for a platform",
             fmt::format("No line of input nodes has {}, so a node of another platform builds it, with "
                         "emulation if it has that.",
                         text::join(lonely, ", "))});
    }
    choose_emulation(inputs.builder, plan);
    // The docker driver's push leaves the image in the engine: a second output would only write it twice.
    if (plan.builder.driver == Driver::docker && plan.outputs.registry) plan.outputs.load = false;

    const bool old_store = facts.engine && !facts.engine->containerd_image_store;
    const AttestationGrounds grounds{.loads = plan.outputs.load || !plan.outputs.tar.empty() ||
                                              std::ranges::any_of(inputs.build.outputs, is_docker),
                                     .supported = plan.builder.driver != Driver::docker || !old_store};
    plan.build.attests = attestations(event, inputs, grounds);
    return {};
}

/// The names that some output pushes.
std::vector<ImageName> pushed_images(const Inputs& inputs, const Names& names) {
    std::vector<ImageName> images = names.images;
    for (const OutputEntry& output : inputs.build.outputs) {
        for (const NamedImage& image : output.names) {
            if (output.pushes && std::ranges::find(images, image.name) == images.end())
                images.push_back(image.name);
        }
    }
    return images;
}

/// What the workflow wrote down is for base images too; GitHub's token is only for the push.
std::vector<std::string> choose_logins(const Event& event, const Inputs& inputs, const Facts& facts,
                                       const std::vector<ImageName>& images, const Plan& plan) {
    std::vector<std::string> hosts;
    if (!plan.grants.has(Grant::registry_logins)) return hosts;
    const auto add = [&](const std::string& host) {
        if (std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
    };
    for (const ImageName& image : images) {
        if (plan.strategy == Strategy::push && login_for(image.host(), event, inputs)) add(image.host());
    }
    if (facts.base && facts.base->layout.empty()) {
        const std::string& host = facts.base->reference.name().host();
        if (login_for(host, event, inputs)) add(host);
    }
    for (const RegistryLogin& login : inputs.credentials.logins)
        add(login.host);
    return hosts;
}

Result<void> write_on_image(const Event& event, const Inputs& inputs, const Facts& facts, const Names& names,
                            Plan& plan) {
    const metadata::Context context = metadata_context(event, inputs, names.subject, facts);
    const std::string version = names.tags.empty() ? std::string() : names.tags.front().string();
    TRY_ASSIGN(Labels labels,
               image_labels(event, inputs, names.subject, facts_of_context(inputs, facts), version));
    plan.labels = std::move(labels);
    TRY_ASSIGN(plan.annotations, image_annotations(inputs, plan.labels, context));
    return {};
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

Plan without_caches(Plan plan, const BrokenCaches& broken) {
    const auto leave_out = [](std::vector<CacheEntry>& entries, const std::vector<CacheEntry>& unwanted) {
        std::erase_if(entries, [&](const CacheEntry& entry) {
            return std::ranges::find(unwanted, entry) != unwanted.end();
        });
    };
    leave_out(plan.cache_from, broken.from);
    leave_out(plan.cache_to, broken.to);
    plan.build.no_cache = plan.build.no_cache || broken.steps;
    const auto is_service = [](const CacheEntry& entry) { return entry.type == CacheType::gha; };
    plan.cache_service = plan.cache_service && (std::ranges::any_of(plan.cache_from, is_service) ||
                                                std::ranges::any_of(plan.cache_to, is_service));
    return plan;
}

Result<Questions> questions(const Event& event, const Inputs& inputs, const Facts& known) {
    TRY_ASSIGN(Names names, resolve_names(event, inputs, std::nullopt, known));
    const Subject& subject = names.subject;
    Questions asked;
    if (needs_subject_inputs(event, inputs)) asked.pull_request = subject.number;
    if (template_needs_commit_date(inputs) && !event.commit_date) asked.commit_date = subject.sha;
    if (!asked.pull_request && !asked.commit_date) asked.names = names;
    // Before GitHub's API has said whose pull request it is, nothing is granted for it.
    const bool may_push = grants_of(event, subject, inputs.strategy).has(Grant::push) || asked.pull_request;
    if (subject.closed || !may_push || push_wish(inputs) == PushWish::no) return asked;
    asked.push_access = pushed_images(inputs, names);
    // The tag of an abbreviated commit, or with its date in it, is not known before GitHub's API has said it.
    if (may_reuse(inputs, names) && subject.sha.is_full() && !asked.commit_date) {
        asked.existing = names.references.front();
    }
    return asked;
}

Result<Plan> decide(const Event& event, const Inputs& inputs, const Facts& facts) {
    TRY_ASSIGN(const Names names, resolve_names(event, inputs, facts.pull_request, facts));
    return decide(event, inputs, facts, names);
}

Result<Plan> decide(const Event& event, const Inputs& inputs, const Facts& facts, const Names& names) {
    const Subject& subject = names.subject;
    const Grants grants = grants_of(event, subject, inputs.strategy);
    TRY_ASSIGN(StrategyChoice choice,
               choose_strategy(event, inputs, subject, grants, pushed_images(inputs, names), facts));

    Plan plan{.command = inputs.command,
              .strategy = choice.strategy,
              .reason = std::move(choice.reason),
              .warnings = std::move(choice.warnings),
              .event_name = event.name,
              .number = subject.number,
              .sha = subject.sha,
              .same_repository = subject.head_repository == HeadRepository::same,
              .grants = grants,
              .images = names.images};
    if (plan.strategy == Strategy::skip) return plan;

    for (const std::string& remark : names.remarks)
        plan.warnings.push_back({"Tags", remark});
    plan.tags = names.references;
    TRY(check_checkout(event, inputs, subject, grants, facts_of_context(inputs, facts), plan.warnings));
    TRY(check_credentials(grants, facts, plan.warnings));
    TRY(write_on_image(event, inputs, facts, names, plan));
    TRY(choose_platforms(inputs, subject, facts, plan));
    TRY(stage_part(event, inputs, plan));

    CacheChoice cache =
        choose_cache(event, inputs, subject, grants, plan.images.front(), plan.strategy, facts.cache_service);
    plan.cache_from = std::move(cache.from);
    plan.cache_to = std::move(cache.to);
    plan.cache_service = cache.uses_service;
    if (plan.cache_service && !facts.cache_service.writable)
        plan.remarks.emplace_back("The cache is not written: the cache service lets this run only read it.");
    std::ranges::move(cache.warnings, std::back_inserter(plan.warnings));
    std::ranges::move(cache.remarks, std::back_inserter(plan.remarks));

    plan.build = build_request(event, inputs.build, inputs.credentials, subject, grants, plan.warnings);
    plan.as = inputs.handover.as;
    TRY(stand_on_base(event, inputs, facts, names, plan));
    TRY_ASSIGN(std::optional<ArtifactPlan> artifact, choose_artifact(inputs, facts, plan));
    plan.artifact = std::move(artifact);
    if (plan.artifact) plan.outputs.tar = fmt::format("{}/{}", facts.temp_directory, plan.artifact->name);
    TRY(choose_outputs(inputs, plan));
    TRY(check_written_names(event, inputs, plan));
    if (plan.outputs.registry && plan.tags.empty()) {
        return fail("No tag", "metadata: none takes the tags from input tags, and that is empty",
                    "Give tags, set push: false, or leave metadata: none out.");
    }
    TRY(choose_builder_and_attests(event, inputs, facts, plan));
    TRY(check_known_secrets(plan, KnownSecrets(inputs.credentials, inputs.build.secrets)));
    plan.login_hosts = choose_logins(event, inputs, facts, pushed_images(inputs, names), plan);
    plan.hash = plan_hash(plan, event.workspace);
    if (inputs.naming.metadata_mode == MetadataMode::own) plan.labels.emplace_back(kPlanLabel, plan.hash);
    plan.metadata = metadata_answer(names, plan.labels, plan.annotations);
    TRY(choose_reuse(names, facts, inputs, plan));
    return plan;
}

}  // namespace pr_image::plan
