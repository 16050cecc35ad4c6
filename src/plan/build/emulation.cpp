#include "plan/build/emulation.hpp"

#include "text/strings.hpp"

#include <algorithm>

namespace pr_image::plan {

void choose_emulation(const BuilderInputs& inputs, Plan& plan) {
    if (!inputs.qemu_image || plan.platforms.empty()) return;
    const bool here =
        (plan.builder.driver == Driver::docker || plan.builder.driver == Driver::docker_container) &&
        plan.builder.nodes.empty() && plan.builder.endpoint.empty();
    if (here) {
        plan.emulator = inputs.qemu_image;
    } else {
        plan.remarks.emplace_back("Input qemu has no use here: the builder is on another machine.");
    }
}

std::vector<std::string> lacking_platforms(const std::vector<std::string>& wanted,
                                           const std::vector<std::string>& runs) {
    const auto normal = [](const std::string& platform) {
        return platform == "linux/arm64/v8" ? std::string("linux/arm64") : platform;
    };
    std::vector<std::string> lacking;
    std::ranges::copy_if(wanted, std::back_inserter(lacking), [&](const std::string& platform) {
        const std::string name = normal(platform);
        return std::ranges::none_of(
            runs, [&](const std::string& run) { return normal(run) == name || run.starts_with(name + "/"); });
    });
    return lacking;
}

std::vector<std::string> emulators_of(const std::vector<std::string>& platforms) {
    std::vector<std::string> names;
    for (const std::string& platform : platforms) {
        const std::vector<std::string_view> parts = text::split(platform, '/');
        const std::string name(parts.size() > 1 ? parts[1] : parts[0]);
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

}  // namespace pr_image::plan
