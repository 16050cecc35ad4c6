#pragma once

#include "commands/session.hpp"
#include "plan/facts.hpp"

namespace pr_image::commands {

/// Looks at the checkouts that the build's folders are in, and writes down which commits are there, and where
/// git keeps credentials that the build could read. A checkout that cannot be read is a warning here: what
/// needs it is refused by decide(). `command: merge` builds nothing, and looks at nothing.
void probe_checkout(const Session& session, plan::Facts& facts);

}  // namespace pr_image::commands
