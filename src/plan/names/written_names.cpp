#include "plan/names/written_names.hpp"

#include "plan/names/tag_grammar.hpp"
#include "plan/names/tags.hpp"
#include "text/glob.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

bool is_own_cache(const Tag& tag, const PullRequestNumber& number) {
    const std::string own = cache_tag({.ref = pull_request_cache_ref(number), .variant = {}});
    const std::string& text = tag.string();
    return text == own || (text.starts_with(own + "-") && text.size() > own.size() + 1);
}

}  // namespace

Result<void> check_written_name(const NamedImage& image, Written what, std::string_view input,
                                const Event& event, const Inputs& inputs, const PullRequestNumber& number) {
    const std::string title = fmt::format("Invalid input '{}'", input);
    const std::string ref = pull_request_cache_ref(number);
    const std::string own = what == Written::cache ? cache_tag({.ref = ref, .variant = {}}) : ref;
    if (image.digest) {
        return fail(
            title,
            fmt::format("a pull request cannot write what the digest in '{}' names", printable(image.text)),
            fmt::format("Write it with the tag {}.", own));
    }
    TRY_ASSIGN(const Tag tag, image.tag ? Result<Tag>(*image.tag) : Tag::parse("latest"));
    const bool own_cache = what == Written::cache && is_own_cache(tag, number);
    if (!own_cache && !check_pull_request_tag(tag, input, event, inputs, number)) {
        return fail(
            title,
            fmt::format("a pull request cannot write '{}'{}", printable(image.text),
                        image.tag ? "" : ", which without a tag is latest"),
            fmt::format(
                "Tags of pull request #{} are {} and {}-…; for another one give this entry only where "
                "github.event_name is push.",
                number.string(), own, own));
    }
    const auto protects = [&](const std::string& glob) { return text::glob_match(glob, tag.string()); };
    if (std::ranges::any_of(inputs.naming.protected_tags, protects)) {
        return fail(title, fmt::format("input protected-tags protects '{}'", printable(image.text)),
                    "Protect only tags that no pull request makes.");
    }
    return {};
}

Result<void> check_written_names(const Event& event, const Inputs& inputs, const Plan& plan) {
    if (!plan.number) return {};
    for (const OutputEntry& output : plan.outputs.given) {
        if (!output.pushes || output.by_digest) continue;
        for (const NamedImage& image : output.names) {
            const bool bare = !image.tag && !image.digest;
            if (bare && !plan.tags.empty()) continue;
            TRY(check_written_name(image, Written::image, "outputs", event, inputs, *plan.number));
        }
    }
    for (const CacheEntry& cache : plan.cache_to) {
        if (!cache.reference) continue;
        TRY(check_written_name(*cache.reference, Written::cache, "cache-to", event, inputs, *plan.number));
    }
    return {};
}

}  // namespace pr_image::plan
