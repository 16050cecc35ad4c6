#include "plan/who/event.hpp"

#include "docker/build_argv.hpp"
#include "fuzz/target.hpp"
#include "plan/decide.hpp"
#include "plan/handover/merge.hpp"
#include "plan/handover/pull.hpp"
#include "plan/inputs.hpp"
#include "plan/names/tags.hpp"
#include "plan/parse_inputs.hpp"
#include "plan/plan.hpp"
#include "plan/plan_json.hpp"
#include "support/text_paths.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>

namespace pr_image::fuzz {
namespace {

const std::string kHead(40, 'a');
constexpr std::string_view kToken = "ghs_a-token-that-nobody-guesses";

/// What is not granted is in no plan, whatever the inputs say.
void check_grants(const plan::Inputs& inputs, const plan::Plan& plan) {
    const plan::Grants& grants = plan.grants;
    const plan::BuildRequest& build = plan.build;
    require(grants.has(plan::Grant::build) || plan.strategy == plan::Strategy::skip);
    require(grants.has(plan::Grant::entitlements) || build.allow.empty());
    require(grants.has(plan::Grant::host_network) || build.network.empty() || build.network == "default" ||
            build.network == "none");
    if (!grants.has(plan::Grant::builder_options)) {
        require(plan.builder.driver_opts.empty() && !plan.builder.buildkitd_config);
        require(std::ranges::all_of(plan.builder.nodes,
                                    [](const plan::BuilderNode& node) { return node.driver_opts.empty(); }));
    }
    require(grants.service_cache() != plan::ServiceCache::none || !plan.cache_service);
    // The inputs may bring other secrets; the token may be any text, too.
    const bool knows_token = inputs.credentials.token.reveal() == kToken;
    if (grants.has(plan::Grant::known_secrets) || !knows_token) return;
    const auto holds_none = [](const std::string& text) { return !text.contains(kToken); };
    require(std::ranges::all_of(build.build_args, holds_none));
    require(std::ranges::all_of(build.build_contexts, holds_none, &plan::NamedContext::string) &&
            holds_none(build.context.text));
    require(std::ranges::all_of(plan.annotations, holds_none));
    for (const std::vector<plan::CacheEntry>& caches : {plan.cache_from, plan.cache_to}) {
        for (const plan::CacheEntry& cache : caches)
            require(holds_none(cache.text()) && !cache.has_credential());
    }
}

/// What holds for every plan, whoever's code it is about.
void check_plan(const plan::Event& event, const plan::Inputs& inputs, const plan::Plan& plan,
                std::string_view input) {
    const bool about_pull_request = plan.number.has_value();
    for (const Reference& tag : plan.tags) {
        require(tag.tag().has_value());
        const std::string& name = tag.tag()->string();
        const bool staged = inputs.platforms.fan_out && name.starts_with("pr-image-staging-");
        if (about_pull_request) require(staged || plan::is_pull_request_tag(name, *plan.number));
    }
    if (plan.strategy == plan::Strategy::push) require(plan.grants.has(plan::Grant::push));
    if (event.pull_request && event.kind != plan::EventKind::foreign && !event.pull_request->closed) {
        require(plan.grants.has(plan::Grant::push) ==
                (event.pull_request->head_repository == plan::HeadRepository::same));
    }
    if (!plan.grants.has(plan::Grant::push)) {
        require(plan.login_hosts.empty() && plan.build.secrets.empty() && plan.build.ssh.empty());
        require(!plan.outputs.registry && !plan.outputs.given_push && !plan.reuse);
    }
    for (const std::string& argument : docker::build_arguments(plan, {.metadata = "/m", .secrets = {}})) {
        require(argument.find('\0') == std::string::npos);
        require(input.contains(kToken) || !argument.contains(kToken));
    }
    const std::string json = boost::json::serialize(plan::to_json(plan));
    require(std::ranges::none_of(json, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    require(input.contains(kToken) || !json.contains(kToken));
}

/// What holds for whoever puts together or fetches what others have built.
void check_later_jobs(const plan::Event& event, const plan::Inputs& inputs, const plan::Facts& facts,
                      std::string_view input) {
    if (const auto merge = plan::decide_merge(event, inputs, facts)) {
        check_plan(event, inputs, merge->image, input);
        require((merge->image.strategy == plan::Strategy::push) == !merge->parts.empty());
        for (const plan::Part& part : merge->parts)
            require(part.staged.tag() && part.staged.tag()->string().starts_with("pr-image-staging-"));
    }
    if (const auto pull = plan::decide_pull(event, inputs, facts.pull_request, facts)) {
        require(!pull->sources.empty() && !pull->artifact.empty());
        require(pull->grants.has(plan::Grant::push) || !pull->grants.has(plan::Grant::registry_logins));
        const bool builds = std::ranges::find(pull->sources, plan::Source::cache) != pull->sources.end();
        require(pull->grants.has(plan::Grant::push) || !builds ||
                event.kind == plan::EventKind::pull_request || inputs.strategy.build_untrusted);
    }
}

// The event's name, ref and payload, the inputs and what GitHub's API says may be anything.
void try_event(std::string_view input) {
    const std::string_view whole = input;
    plan::EventContext context;
    context.event_name = take_field(input);
    context.ref = take_field(input);
    context.repository = "acme/app";
    context.repository_id = "7";
    context.sha = kHead;
    context.actor = "mona";
    context.run_id = "1";
    context.run_attempt = "1";
    context.server_url = "https://github.com";
    context.workspace = "/github/workspace";
    plan::InputMap raw;
    raw["probe"] = "false";
    raw["token"] = kToken;
    raw["secrets"] = "s=another-secret";
    while (true) {
        const std::string_view given = take_field(input);
        const std::size_t equals = given.find('=');
        if (equals == std::string_view::npos) break;
        raw[std::string(given.substr(0, equals))] = given.substr(equals + 1);
    }
    context.payload = input;

    const auto event = plan::parse_event(context);
    if (!event) return;
    const auto inputs = plan::parse_inputs(raw, {}, support::TextPaths(context.workspace));
    if (!inputs) return;
    plan::Facts facts;
    facts.now = "2026-11-21T00:00:00Z";
    facts.temp_directory = "/tmp";
    facts.artifact_service = true;
    facts.cache_service = {.readable = true, .writable = true};
    for (const std::uint64_t head_repository : {0U, 7U, 8U}) {
        facts.pull_request = plan::PullRequestFacts{.head_repository_id = head_repository,
                                                    .head_sha = CommitSha::parse(kHead).value()};
        check_later_jobs(*event, *inputs, facts, whole);
        const auto plan = plan::decide(*event, *inputs, facts);
        if (!plan) continue;
        check_plan(*event, *inputs, *plan, whole);
        check_grants(*inputs, *plan);
        if (event->kind == plan::EventKind::foreign)
            require(plan->grants.has(plan::Grant::push) ==
                    (head_repository != 0 && head_repository == event->repository_id));
    }
}

const Registered event("event", try_event);

}  // namespace
}  // namespace pr_image::fuzz
