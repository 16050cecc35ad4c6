#include "plan/names/labels.hpp"

#include "plan/names/metadata/annotations.hpp"
#include "plan/names/metadata_context.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

namespace {

void set(Labels& labels, std::string_view key, std::string value) {
    const auto found = std::ranges::find(labels, key, &Labels::value_type::first);
    if (found != labels.end()) {
        found->second = std::move(value);
    } else {
        labels.emplace_back(key, std::move(value));
    }
}

void set_if_known(Labels& labels, std::string_view key, std::string_view value) {
    if (!value.empty()) set(labels, key, text::printable(value, 512));
}

}  // namespace

CommitSha revision(const Subject& subject, const Facts& facts) {
    if (facts.checked_out) return *facts.checked_out;
    if (subject.merge_sha) return *subject.merge_sha;
    return subject.head_sha.value_or(subject.sha);
}

Result<Labels> image_labels(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Facts& facts, std::string_view version) {
    if (inputs.naming.metadata_mode == MetadataMode::none) return inputs.naming.labels;
    Labels labels;
    const std::string url = fmt::format("{}/{}", event.server_url, event.repository);
    set_if_known(labels, "org.opencontainers.image.title",
                 event.repository.substr(event.repository.find('/') + 1));
    set_if_known(labels, "org.opencontainers.image.description", event.description);
    set_if_known(labels, "org.opencontainers.image.url", url);
    set_if_known(labels, "org.opencontainers.image.source", url);
    set_if_known(labels, "org.opencontainers.image.version", version);
    if (const Result<text::Timestamp> now = text::parse_timestamp(facts.now)) {
        set(labels, kCreatedLabel, text::to_string(*now));
    }
    set_if_known(labels, "org.opencontainers.image.licenses", event.license);

    const metadata::Context context = metadata_context(event, inputs, subject, facts);
    for (const auto& [written, text] : inputs.naming.labels) {
        Result<std::string> key = metadata::expand(written, context);
        Result<std::string> value = metadata::expand(text, context);
        for (const Result<std::string>* const part : {&key, &value}) {
            if (!*part) return text::fail("Invalid input 'labels'", part->error().why, part->error().fix);
        }
        if (key->starts_with("dev.pr-image.")) {
            return text::fail("Invalid input 'labels'",
                              fmt::format("'{}' is pr-image's own label: pull and clean-up rely on it",
                                          text::printable(*key)),
                              "Choose another key.");
        }
        set(labels, *key, *std::move(value));
    }

    // Reuse and pull believe the revision, so it is what is built, whatever else was written there.
    set(labels, kRevisionLabel, revision(subject, facts).string());
    if (subject.number) set(labels, kNumberLabel, subject.number->string());
    if (subject.head_sha) set(labels, kHeadShaLabel, subject.head_sha->string());
    set(labels, kRunIdLabel, event.run_id);
    set_if_known(labels, kBranchLabel, subject.number ? std::string_view() : event.branch());
    return labels;
}

std::string_view label(const Labels& labels, std::string_view key) {
    const auto found = std::ranges::find(labels, key, &Labels::value_type::first);
    return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace pr_image::plan
