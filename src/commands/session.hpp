#pragma once

#include "actions/command_file.hpp"
#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "actions/runtime.hpp"
#include "github/api.hpp"
#include "http/client.hpp"
#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "process/interruption.hpp"
#include "process/workspace_opener.hpp"
#include "registry/client.hpp"

namespace pr_image::commands {

/// What every command works with: who asked, what for, and the ways in and out of this process.
struct Session {
    const actions::Environment& environment;
    actions::Log& log;
    actions::CommandFile& outputs;
    process::Interruption& interruption;
    http::Client http;               ///< to GitHub
    github::Api github;              ///< GitHub's REST API with this run's token
    registry::Client registries;     ///< with the credentials of this run, each for its own registry
    process::WorkspaceOpener paths;  ///< opens what inputs name
    plan::Event event;
    plan::Inputs inputs;
    actions::Runtime runtime;
};

}  // namespace pr_image::commands
