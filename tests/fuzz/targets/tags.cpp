#include "fuzz/target.hpp"
#include "plan/names/metadata/annotations.hpp"
#include "plan/names/metadata/context.hpp"
#include "plan/names/metadata/flavor.hpp"
#include "plan/names/metadata/image_list.hpp"
#include "plan/names/metadata/rule.hpp"
#include "plan/names/metadata/tag_names.hpp"
#include "text/reference.hpp"

#include <string>

namespace pr_image::fuzz {
namespace {

plan::metadata::Context context_of(std::string_view ref, std::string_view event) {
    plan::metadata::Context context;
    context.event_name = event;
    context.ref = ref;
    context.sha = "860c1904a1ce19322e91ac35af1ab07466440c37";
    context.base_ref = "trunk";
    context.default_branch = "main";
    context.now = text::parse_timestamp("2020-01-10T00:30:00Z").value();
    context.commit_date = text::parse_timestamp("2019-12-31T23:30:00Z").value();
    return context;
}

// Rules, flavor and ref may be anything: what comes out is tags, each once, and the same ones every time.
void try_tags(std::string_view input) {
    const auto context = context_of(take_field(input), take_field(input));
    const auto flavor = plan::metadata::parse_flavor(take_field(input));
    any_result(plan::metadata::parse_images(input));
    const auto rules = plan::metadata::parse_rules(input);
    if (const auto expanded = plan::metadata::expand(input, context)) {
        require(expanded->find("{{branch}}") == std::string::npos || input.contains("\\{{") ||
                context.ref.contains("{{"));
    }
    if (!rules || !flavor) return;
    const auto names = plan::metadata::tag_names(*rules, *flavor, context);
    if (!names) return;
    for (std::size_t i = 0; i < names->tags.size(); ++i) {
        require(Tag::parse(names->tags[i].tag.string()).has_value());
        for (std::size_t j = 0; j < i; ++j)
            require(names->tags[i] != names->tags[j]);
    }
    const auto again = plan::metadata::tag_names(*rules, *flavor, context);
    require(again && again->tags == names->tags);
}

const Registered tags("tags", try_tags);

}  // namespace
}  // namespace pr_image::fuzz
