#pragma once

namespace pr_image::process {

/// Keeps the memory of this process, which holds credentials, out of core dumps, also of those that the
/// kernel pipes to a crash reporter (core(5)); programs that it starts write none to a file either.
void forbid_core_dumps();

}  // namespace pr_image::process
