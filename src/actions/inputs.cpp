#include "actions/inputs.hpp"

#include "text/strings.hpp"

namespace pr_image::actions {

InputMap read_inputs(const Environment& environment) {
    constexpr std::string_view kPrefix = "INPUT_";
    InputMap inputs;
    for (const bool runner_spelling : {true, false}) {
        for (auto at = environment.variables().lower_bound(kPrefix);
             at != environment.variables().end() && at->first.starts_with(kPrefix); ++at) {
            const std::string_view name = std::string_view(at->first).substr(kPrefix.size());
            if (name.empty() || (name.find('_') == std::string_view::npos) != runner_spelling) continue;
            inputs.emplace(text::to_lower(text::replace_all(name, "_", "-")), at->second);
        }
    }
    return inputs;
}

}  // namespace pr_image::actions
