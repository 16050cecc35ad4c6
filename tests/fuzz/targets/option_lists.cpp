#include "fuzz/target.hpp"
#include "plan/build/attest_list.hpp"
#include "plan/build/cache_list.hpp"
#include "plan/build/driver_options.hpp"
#include "plan/build/option_list.hpp"
#include "plan/build/output_list.hpp"
#include "support/text_paths.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fuzz {
namespace {

const support::TextPaths kPaths("/github/workspace");

// A path that anything may name: below the workspace or runner.temp, normalised, without a .git in it.
bool is_inside(const WorkspacePath& path) {
    const std::vector<std::string_view> parts = text::split(path.string(), '/');
    const auto is_bad = [](std::string_view part) {
        return part == "." || part == ".." || text::is_git_name(part);
    };
    const bool below = (path.string() + "/").starts_with("/github/workspace/") ||
                       path.string().starts_with("/github/runner_temp/");
    return below && std::ranges::none_of(parts, is_bad);
}

// What buildx's options are read from: an entry is an error, or a value that reads the same once it is
// written.
void try_option_lists(std::string_view input) {
    if (const auto fields = plan::option_fields(input)) {
        require(!fields->empty());
        const bool blank = fields->size() == 1 && fields->front().empty();
        if (!blank) require(plan::option_fields(plan::option_text(*fields)).value() == *fields);
    }
    if (const auto output = plan::parse_output(input, kPaths)) {
        require(plan::parse_output(output->text(), kPaths).value() == *output);
        require(!output->destination || is_inside(*output->destination));
        require(output->pushes || !output->by_digest);
    }
    for (const auto direction : {plan::CacheDirection::from, plan::CacheDirection::to}) {
        const auto caches = plan::parse_cache(input, direction, kPaths);
        if (!caches) continue;
        for (const plan::CacheEntry& cache : *caches) {
            require(cache.reference.has_value() == (cache.type == plan::CacheType::registry));
            require(cache.path.has_value() == (cache.type == plan::CacheType::local));
            require(!cache.path || is_inside(*cache.path));
            require(plan::parse_cache(cache.text(), direction, kPaths).value() == std::vector{cache});
        }
    }
    if (const auto attestation = plan::parse_attestation(input))
        require(plan::parse_attestation(attestation->text()).value() == *attestation);
    if (const auto options = plan::parse_driver_options({std::string(input)})) {
        std::vector<std::string> texts;
        for (const plan::DriverOption& option : *options)
            texts.push_back(option.text());
        require(plan::parse_driver_options(texts).value() == *options);
    }
    any_result(plan::shown_entry(input));
}

const Registered option_lists("option_lists", try_option_lists);

}  // namespace
}  // namespace pr_image::fuzz
