#pragma once

#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "plan/plan.hpp"

#include <string>
#include <string_view>

namespace pr_image::commands {

/// The name under which the main step notes its builder for the post step.
constexpr std::string_view kBuilderState = "builder";

/// What is noted: the builder's name, and the endpoint of each of its nodes on a line of its own. With those
/// the post step can remove it without any file that other steps could have written.
std::string builder_state(const plan::Builder& builder);

/// What the action's post step does (`runs.post-entrypoint`): removes the builder that the main step has left
/// in the engine and noted in its state, where input `remove-builder` asks for that. Gives the exit status,
/// which is 0: what is left over is a warning and does not fail a job whose image is there.
int after(const actions::Environment& environment, actions::Log& log);

}  // namespace pr_image::commands
