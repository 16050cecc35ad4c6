#include "actions/path_roots.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace pr_image::actions {

PathRoots path_roots(const Environment& environment, std::string workspace) {
    PathRoots roots{.workspace = std::move(workspace), .temporary = environment.value("RUNNER_TEMP")};
    const std::string host = environment.value("RUNNER_WORKSPACE");
    const std::size_t slash = host.rfind('/');
    if (!host.starts_with('/') || slash + 1 == host.size()) return roots;
    // The runner's work folder holds WORK/NAME/NAME and WORK/_temp; a job's container has it as /__w.
    const std::string_view name = std::string_view(host).substr(slash + 1);
    for (const std::string_view work : {std::string_view(host).substr(0, slash), std::string_view("/__w")}) {
        roots.workspace_aliases.push_back(fmt::format("{}/{}/{}", work, name, name));
        roots.temporary_aliases.push_back(fmt::format("{}/_temp", work));
    }
    return roots;
}

}  // namespace pr_image::actions
