#include "commands/check_paths.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace pr_image::commands {

namespace {

Result<void> under(std::string_view input, Result<void> checked) {
    if (!checked) checked.error().what = fmt::format("Invalid input '{}'", input);
    return checked;
}

/// buildx takes `dockerfile` where there is no `Dockerfile`.
Result<void> check_default_dockerfile(const PathOpener& paths, const WorkspacePath& context) {
    const auto check = [&](std::string_view name) -> Result<void> {
        TRY_ASSIGN(const WorkspacePath file,
                   paths.open(fmt::format("{}/{}", context.string(), name), PathUse::dockerfile));
        return paths.check(file);
    };
    Result<void> checked = check("Dockerfile");
    if (!checked && check("dockerfile")) return {};
    return checked;
}

}  // namespace

Result<void> check_paths(const PathOpener& paths, const plan::Plan& plan) {
    const auto check = [&](std::string_view input, const std::optional<WorkspacePath>& path) {
        return path ? under(input, paths.check(*path)) : Result<void>();
    };
    const plan::BuildRequest& build = plan.build;
    TRY(check("context", build.context.path));
    TRY(check("file", build.file.path));
    if (build.context.path && build.file.text.empty()) {
        TRY(under("file", check_default_dockerfile(paths, *build.context.path)));
    }
    for (const plan::NamedContext& context : build.build_contexts) {
        TRY(check("build-contexts", context.source.path));
    }
    for (const plan::BuildSecret& secret : build.secrets) {
        TRY(check("secret-files", secret.file));
    }
    TRY(check("buildkitd-config", plan.builder.buildkitd_config));
    for (const plan::CacheEntry& cache : plan.cache_from) {
        TRY(check("cache-from", cache.path));
    }
    for (const plan::CacheEntry& cache : plan.cache_to) {
        TRY(check("cache-to", cache.path));
    }
    for (const plan::OutputEntry& output : plan.outputs.given) {
        TRY(check("outputs", output.destination));
    }
    return {};
}

}  // namespace pr_image::commands
