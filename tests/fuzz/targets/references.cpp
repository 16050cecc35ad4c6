#include "fuzz/target.hpp"
#include "plan/names/tag_grammar.hpp"
#include "text/artifact_name.hpp"
#include "text/commit_sha.hpp"
#include "text/digest.hpp"
#include "text/duration.hpp"
#include "text/pull_request_number.hpp"
#include "text/reference.hpp"
#include "text/timestamp.hpp"

#include <algorithm>
#include <string>

namespace pr_image::fuzz {
namespace {

// Whatever a parse accepts is text that can go on a command line, into a URL or a log, and reads back as
// itself.
void try_references(std::string_view input) {
    const auto harmless = [](std::string_view text) {
        return !text.empty() && text.front() != '-' &&
               std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
    };
    if (const auto reference = Reference::parse(input)) {
        require(harmless(reference->string()));
        const auto again = Reference::parse(reference->string());
        require(again && *again == *reference);
    }
    if (const auto name = ImageName::parse(input)) {
        require(harmless(name->string()));
        const auto again = ImageName::parse(name->string());
        require(again && *again == *name);
        require(name->path().find("..") == std::string::npos);
    }
    if (const auto host = text::parse_registry_host(input)) require(harmless(*host));
    if (const auto tag = Tag::parse(input)) require(harmless(tag->string()) && tag->string() == input);
    if (const auto digest = Digest::parse(input))
        require(harmless(digest->string()) && digest->string() == input);
    if (const auto sha = CommitSha::parse(input))
        require(harmless(sha->string()) && sha->short_form().size() == 7);
    if (const auto number = PullRequestNumber::parse(input)) require(number->string() == input);
    any_result(text::ArtifactName::parse(input));
    if (const auto duration = text::parse_duration(input)) {
        require(duration->count() >= 0);
    }
    if (const auto time = text::parse_timestamp(input)) {
        const auto again = text::parse_timestamp(text::to_string(*time));
        require(again && *again == *time);
    }

    // A name made of any branch's is a tag, and one that clean-up does not take for somebody else's.
    const std::string tag = plan::sanitise_ref(input);
    if (!tag.empty()) {
        require(Tag::parse(tag).has_value());
        const auto kind = plan::read_tag(tag).kind;
        using enum plan::TagKind;
        require(kind == branch_like || kind == foreign);
    }
    // The same of its cache, which is nobody else's.
    const std::string ref = plan::branch_cache_ref(input);
    if (!ref.empty()) {
        const std::string cache = plan::cache_tag({.ref = ref, .variant = {}, .platform = {}});
        require(Tag::parse(cache).has_value());
        require(!plan::read_tag(cache).number && plan::read_cache_tag(cache)->ref == ref);
        require(plan::is_cache_of_branch(ref, input));
    }
    any_result(plan::read_tag(input));
    any_result(plan::branch_push(input, tag));
}

const Registered references("references", try_references);

}  // namespace
}  // namespace pr_image::fuzz
