#pragma once

#include "commands/pull/obtain.hpp"
#include "docker/engine.hpp"
#include "plan/handover/pull.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// Gives the image every name that the plan wants, and looks each of them up: what the engine answers is what
/// later steps will run. Gives the image as the engine knows it. An Error names what is not there, or says
/// that the engine holds the image of another commit, which then gets no name.
boost::asio::awaitable<Result<docker::LocalImage>> name_image(const plan::PullPlan& plan,
                                                              const Obtained& obtained,
                                                              docker::Engine& engine);

}  // namespace pr_image::commands
