#pragma once

#include "actions/environment.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"

namespace pr_image::actions {

/// Takes the environment; gives what the runner says about this run, with the whole payload of
/// `GITHUB_EVENT_PATH`, unchecked: plan::parse_event() looks at it. Without that variable the payload is
/// empty; the workspace is then the current directory. An Error says that the payload is announced but
/// missing, unreadable or larger than 25 MiB, which is GitHub's own limit for it.
Result<plan::EventContext> read_event_context(const Environment& environment);

}  // namespace pr_image::actions
