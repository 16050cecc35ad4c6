#include "plan/event.hpp"

#include "fuzz/fuzz.hpp"
#include "plan/decide.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"

#include <string>

namespace pr_image::fuzz {

// Event name, ref, token inputs and payload may be anything; what is decided keeps the two rules that matter
// most.
void try_input(std::string_view input) {
    plan::EventContext context;
    context.event_name = take_field(input);
    context.ref = take_field(input);
    context.repository = "acme/app";
    context.repository_id = "7";
    context.sha = std::string(40, 'a');
    context.actor = "mona";
    context.run_id = "1";
    context.run_attempt = "1";
    context.server_url = "https://github.com";
    context.workspace = "/github/workspace";
    plan::InputMap raw;
    raw["probe"] = "false";
    raw["token"] = "token";
    raw["pr-tag"] = take_field(input);
    raw["tags"] = take_field(input);
    raw["variant"] = take_field(input);
    if (raw["pr-tag"].empty()) raw.erase("pr-tag");
    context.payload = input;

    const auto event = plan::parse_event(context);
    if (!event) return;
    const auto inputs = plan::parse_inputs(raw, {}, context.workspace);
    if (!inputs) return;
    const auto plan = plan::decide(*event, *inputs, plan::Facts{});
    if (!plan) return;
    if (plan->strategy != plan::Strategy::push) return;
    if (event->kind != plan::EventKind::pull_request && event->kind != plan::EventKind::pull_request_target)
        return;
    require(event->pull_request.has_value());
    require(event->pull_request->head_repository == plan::HeadRepository::same);
    const std::string grammar = "pr-" + event->pull_request->number.string();
    for (const Reference& tag : plan->tags) {
        require(tag.tag().has_value());
        const std::string& name = tag.tag()->string();
        require(name == grammar || name.starts_with(grammar + "-"));
    }
}

}  // namespace pr_image::fuzz
