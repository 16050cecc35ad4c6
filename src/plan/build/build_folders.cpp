#include "plan/build/build_folders.hpp"

#include <algorithm>
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
    const bool is_local = inputs.context.starts_with('/');
    if (is_local) folders.context = inputs.context;
    if (inputs.file.starts_with('/')) {
        folders.dockerfile = inputs.file;
    } else if (is_local) {
        folders.dockerfile = inputs.context + "/Dockerfile";
    }
    folders.dockerfile_folder = folder_of(folders.dockerfile);
    for (const std::string& entry : inputs.build_contexts) {
        const std::string source = entry.substr(entry.find('=') + 1);
        if (source.starts_with('/')) folders.named.push_back(source);
    }
    return folders;
}

}  // namespace pr_image::plan
