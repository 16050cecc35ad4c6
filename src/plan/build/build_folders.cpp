#include "plan/build/build_folders.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace pr_image::plan {

namespace {

std::string folder_of(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string_view::npos) return {};
    return std::string(slash == 0 ? "/" : file.substr(0, slash));
}

}  // namespace

std::vector<std::string> BuildFolders::all() const {
    std::vector<std::string> folders;
    const auto add = [&](const std::string& folder) {
        if (!folder.empty() && std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
    };
    add(context);
    add(dockerfile_folder);
    for (const std::string& folder : named)
        add(folder);
    return folders;
}

BuildFolders build_folders(const BuildInputs& inputs) {
    BuildFolders folders;
    if (inputs.context.path) folders.context = inputs.context.path->string();
    if (inputs.file.path) {
        folders.dockerfile = inputs.file.path->string();
    } else if (inputs.context.path) {
        folders.dockerfile = folders.context + "/Dockerfile";
    }
    folders.dockerfile_folder = folder_of(folders.dockerfile);
    for (const NamedContext& named : inputs.build_contexts) {
        const std::optional<WorkspacePath>& path = named.source.path;
        if (path && path->use() == PathUse::folder) folders.named.push_back(path->string());
    }
    return folders;
}

}  // namespace pr_image::plan
