#pragma once

#include "support/image_archive.hpp"
#include "unit/docker/read_archive.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Archives that are right but for one change.
namespace pr_image::test {

using Catch::Matchers::ContainsSubstring;
using support::blob_path;
using support::describe;
using support::ImageArchive;

inline const std::string kAttestation =
    R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"},"platform":{"os":"unknown","architecture":"unknown"})";

inline std::string index_of(const std::vector<std::string>& descriptors, std::string_view more = {}) {
    std::string list;
    for (const std::string& descriptor : descriptors)
        list += fmt::format("{}{}", list.empty() ? "" : ",", descriptor);
    return fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]{}}})", ImageArchive::kIndex,
                       list, more);
}

/// An archive whose index.json leads to an index of these.
inline ImageArchive indexed(const std::vector<std::string>& descriptors,
                            const std::vector<std::string>& contents = {}) {
    ImageArchive archive(kImageName);
    const std::string index = index_of(descriptors);
    archive.more.emplace_back(blob_path(index), index);
    for (const std::string& content : contents)
        archive.more.emplace_back(blob_path(content), content);
    archive.lead_to(ImageArchive::kIndex, index);
    return archive;
}

inline std::string manifest_descriptor(const ImageArchive& archive, std::string_view more = {}) {
    return describe(ImageArchive::kManifest, archive.manifest, more);
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

struct Row {
    std::string what;
    std::function<void(ImageArchive&)> change;
    std::string why;
};

inline void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        ImageArchive archive(kImageName);
        row.change(archive);
        CAPTURE(row.what);
        CHECK_THAT(why_refused(archive.tar()), ContainsSubstring(row.why));
    }
}

/// A change of the manifest, and what leads to it.
inline std::function<void(ImageArchive&)> in_manifest(const std::string& from, const std::string& to) {
    return [=](ImageArchive& archive) {
        archive.manifest = replaced(archive.manifest, from, to);
        archive.make_index();
    };
}

inline std::function<void(ImageArchive&)> in_config(const std::string& from, const std::string& to) {
    return [=](ImageArchive& archive) {
        archive.config = replaced(archive.config, from, to);
        archive.make_manifest().make_index().make_manifest_json();
    };
}

inline std::function<void(ImageArchive&)> in_index(const std::string& from, const std::string& to) {
    return [=](ImageArchive& archive) { archive.index_json = replaced(archive.index_json, from, to); };
}

inline std::function<void(ImageArchive&)> in_items(const std::string& from, const std::string& to) {
    return [=](ImageArchive& archive) { archive.manifest_json = replaced(archive.manifest_json, from, to); };
}

}  // namespace pr_image::test
