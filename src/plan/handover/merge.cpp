#include "plan/handover/merge.hpp"

#include "plan/decide.hpp"
#include "plan/handover/staging.hpp"
#include "plan/names/labels.hpp"
#include "plan/names/metadata/annotations.hpp"
#include "plan/names/names.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

/// Names and rights are as in the jobs that build; what they build of, and with what, is theirs alone.
Inputs inputs_of_whole(const Inputs& inputs) {
    Inputs whole = inputs;
    const Inputs none;
    whole.build.secrets = none.build.secrets;
    whole.build.empty_secrets = none.build.empty_secrets;
    whole.build.ssh = none.build.ssh;
    whole.build.build_contexts = none.build.build_contexts;
    // Nothing is built from what is checked out here, if anything is.
    whole.build.context = {"{{defaultContext}}"};
    whole.credentials.git_token = none.credentials.git_token;
    whole.build.outputs = none.build.outputs;
    whole.build.call = none.build.call;
    whole.handover.load = false;
    whole.handover.as = none.handover.as;
    whole.handover.artifact = ArtifactWish::never;
    whole.handover.base_image = none.handover.base_image;
    whole.cache.kind = CacheKind::none;
    whole.cache.from = none.cache.from;
    whole.cache.to = none.cache.to;
    whole.builder.driver = Driver::automatic;
    whole.builder.name = none.builder.name;
    whole.builder.driver_opts = none.builder.driver_opts;
    whole.builder.buildkitd_config = none.builder.buildkitd_config;
    whole.builder.endpoint = none.builder.endpoint;
    whole.builder.nodes = none.builder.nodes;
    whole.builder.qemu_image = none.builder.qemu_image;
    whole.build.attests = none.build.attests;
    whole.build.provenance = none.build.provenance;
    whole.build.sbom = none.build.sbom;
    whole.platforms.fan_out = false;
    whole.strategy.reuse = false;
    return whole;
}

Result<void> check_platforms(const std::vector<std::string>& platforms) {
    if (platforms.empty()) {
        return fail("Invalid input 'platforms'", "command: merge has to know which parts belong to the image",
                    "Name every platform of the jobs with fan-out: true: linux/amd64,linux/arm64.");
    }
    std::set<std::string> seen;
    for (const std::string& platform : platforms) {
        if (seen.insert(platform).second) continue;
        return fail("Invalid input 'platforms'", fmt::format("'{}' is there twice", printable(platform)),
                    "Name each platform once.");
    }
    return {};
}

Result<std::vector<Reference>> given_parts(const HandoverInputs& inputs, const Plan& image) {
    std::vector<Reference> given;
    if (!inputs.parts) return given;
    const ImageName& name = image.images.front();
    for (const GivenPart& part : *inputs.parts) {
        if (part.name && *part.name != name) {
            return fail("Invalid input 'parts'",
                        fmt::format("{}@{} is no part of {}", part.name->string(), part.digest.string(),
                                    name.string()),
                        "Give this job and those with fan-out: true the same images.");
        }
        given.emplace_back(name, part.digest);
    }
    if (given.size() != image.platforms.size()) {
        return fail("Invalid input 'parts'",
                    fmt::format("it names {} images, and input platforms {} platforms: {}", given.size(),
                                image.platforms.size(), text::join(image.platforms, ", ")),
                    "Pass the output part of each job with fan-out: true, one on each line.");
    }
    return given;
}

/// An ephemeral tag names one commit for ever. Another build of that commit may replace what is there.
Result<void> check_existing(const Names& names, const Facts& facts, Plan& plan) {
    if (!facts.existing || !names.subject.number) return {};
    const auto holds = [&](std::string_view key) {
        const auto found = facts.existing->labels.find(std::string(key));
        return found != facts.existing->labels.end() && found->second == label(plan.labels, key);
    };
    if (names.ephemeral && !(holds(kNumberLabel) && holds(kHeadShaLabel))) {
        return fail("Tag already taken",
                    fmt::format("{} holds {}, and its labels do not tie it to this pull request's head",
                                plan.tags.front().string(), facts.existing->digest.string()),
                    "Give each image of a workflow its own variant.");
    }
    plan.moved_from = facts.existing->digest;
    return {};
}

/// Those entries that go to the index itself, as key and value.
std::vector<std::pair<std::string, std::string>> index_annotations(
    const std::vector<std::string>& annotations) {
    std::vector<std::pair<std::string, std::string>> chosen;
    for (const std::string& entry : annotations) {
        const std::string_view prefix = metadata::annotation_level(entry);
        if (prefix.empty()) continue;
        const auto levels = text::split(prefix.substr(0, prefix.size() - 1), ',');
        const std::string_view pair = std::string_view(entry).substr(prefix.size());
        const std::size_t equals = pair.find('=');
        if (std::ranges::find(levels, "index") == levels.end() || equals == std::string_view::npos) continue;
        chosen.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return chosen;
}

std::string held(const std::map<std::string, std::string>& labels, std::string_view key) {
    const auto found = labels.find(std::string(key));
    return found == labels.end() ? std::string() : found->second;
}

Result<void> check_all_there(const MergePlan& plan, const std::vector<PartLabels>& found) {
    std::vector<std::string> missing;
    std::vector<std::string> there;
    for (std::size_t i = 0; i < plan.parts.size(); ++i) {
        const Part& part = plan.parts[i];
        if (found[i]) {
            there.push_back(part.platform);
        } else {
            missing.push_back(fmt::format("{} ({})", part.platform, part.staged.string()));
        }
    }
    if (missing.empty()) return {};
    return fail("Platform missing",
                fmt::format("run {} has left no image for {}; input platforms asks for {}, and there {} {}",
                            plan.run_id, text::join(missing, ", "), text::join(plan.image.platforms, ", "),
                            there.size() == 1 ? "is" : "are",
                            there.empty() ? "none of them" : text::join(there, ", ")),
                "Let this job need a job with fan-out: true for each platform, with the same images and "
                "variant; or leave the platform out of input platforms.");
}

std::string or_none(const std::string& value) {
    return value.empty() ? "none" : printable(value, 80);
}

}  // namespace

Result<MergePlan> decide_merge(const Event& event, const Inputs& inputs, const Facts& facts) {
    const Inputs whole = inputs_of_whole(inputs);
    TRY_ASSIGN(const Names names, resolve_names(event, whole, facts.pull_request, facts));
    TRY_ASSIGN(Plan image, decide(event, whole, facts, names));
    MergePlan plan{.image = std::move(image), .parts = {}, .head_sha = {}, .run_id = event.run_id};
    if (plan.image.strategy != Strategy::push) return plan;

    plan.head_sha = names.subject.head_sha;
    // Each part carries the hash of its own plan.
    const auto is_hash = [](const auto& label) { return label.first == kPlanLabel; };
    std::erase_if(plan.image.labels, is_hash);
    std::erase_if(plan.image.metadata.labels, is_hash);
    TRY(check_platforms(plan.image.platforms));
    TRY(check_existing(names, facts, plan.image));
    for (const std::string& platform : plan.image.platforms) {
        TRY_ASSIGN(const Tag tag, staging_tag(event, inputs, platform));
        plan.parts.push_back({platform, Reference(plan.image.images.front(), tag)});
    }
    plan.index_annotations = index_annotations(plan.image.annotations);
    TRY_ASSIGN(plan.given, given_parts(inputs.handover, plan.image));
    return plan;
}

Result<std::vector<std::size_t>> assign_given(MergePlan& plan, const std::vector<std::vector<bool>>& fits) {
    const std::string fix =
        "Pass the output part of one job with fan-out: true for each platform in input platforms.";
    std::vector<std::size_t> chosen;
    for (std::size_t part = 0; part < plan.parts.size(); ++part) {
        std::vector<std::string> fitting;
        for (std::size_t i = 0; i < plan.given.size(); ++i) {
            if (!fits[i][part]) continue;
            if (fitting.empty()) chosen.push_back(i);
            fitting.push_back(plan.given[i].string());
        }
        if (fitting.size() == 1) continue;
        const std::string& platform = plan.parts[part].platform;
        return fitting.empty()
                   ? fail("Platform missing",
                          fmt::format("none of the {} parts is for {}", plan.given.size(), platform), fix)
                   : fail("Two parts for one platform",
                          fmt::format("for {} there are {}", platform, text::join(fitting, ", ")), fix);
    }
    for (std::size_t i = 0; i < plan.given.size(); ++i) {
        if (std::ranges::find(chosen, i) != chosen.end()) continue;
        return fail("Part without a platform",
                    fmt::format("{} is for none of {}", plan.given[i].string(),
                                text::join(plan.image.platforms, ", ")),
                    fix);
    }
    for (std::size_t part = 0; part < plan.parts.size(); ++part)
        plan.parts[part].staged = plan.given[chosen[part]];
    return chosen;
}

bool is_of_run(const MergePlan& plan, const PartLabels& labels) {
    return labels && held(*labels, kRunIdLabel) == plan.run_id;
}

Result<void> verify_parts(const MergePlan& plan, const std::vector<PartLabels>& found) {
    if (Result<void> there = check_all_there(plan, found); !there) return there;
    const std::string fix =
        "Build every part in this run and from one checkout: the same ref for actions/checkout in each job.";
    for (std::size_t i = 0; i < plan.parts.size(); ++i) {
        const std::string& platform = plan.parts[i].platform;
        const auto refuse = [&](std::string why) {
            return fail("Parts do not belong together",
                        fmt::format("{} ({}) {}", platform, plan.parts[i].staged.string(), why), fix);
        };
        const std::string run = held(*found[i], kRunIdLabel);
        if (run != plan.run_id) {
            return refuse(fmt::format("was built by run {}, and this is run {}", or_none(run), plan.run_id));
        }
        const std::string head = held(*found[i], kHeadShaLabel);
        if (plan.head_sha && head != plan.head_sha->string()) {
            return refuse(fmt::format("was built for commit {}, and this run is for {}", or_none(head),
                                      plan.head_sha->string()));
        }
        const std::string revision = held(*found[i], kRevisionLabel);
        const std::string first = held(*found.front(), kRevisionLabel);
        if (revision.empty() || revision != first) {
            return refuse(fmt::format("was built from commit {}, and {} from {}", or_none(revision),
                                      plan.parts.front().platform, or_none(first)));
        }
    }
    return {};
}

}  // namespace pr_image::plan
