#include "docker/archive_names.hpp"

#include "docker/archive_error.hpp"
#include "docker/strict_json.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace pr_image::docker {

namespace {

namespace json = boost::json;
using text::printable;

constexpr std::string_view kContainerdName = "io.containerd.image.name";
constexpr std::string_view kOciName = "org.opencontainers.image.ref.name";

}  // namespace

Result<void> ArchiveNames::add(std::string_view name, std::string_view file) {
    const Result<Reference> parsed = Reference::parse(name);
    if (!parsed || !parsed->tag() || parsed->digest()) return foreign(name, file);
    // A name is in lower case for the engine: another spelling is another name, or none.
    const std::string_view repository = name.substr(0, name.rfind(':'));
    const auto same = std::ranges::find_if(allowed_, [&](const Reference& one) {
        return one.tag() == parsed->tag() && one.name() == parsed->name();
    });
    if (same == allowed_.end() || repository != text::to_lower(repository)) return foreign(name, file);
    found_.insert(*same);
    return {};
}

Result<void> ArchiveNames::add_annotations(const json::object& descriptor, std::string_view file) {
    const json::value* annotations = descriptor.if_contains("annotations");
    if (annotations == nullptr || annotations->is_null()) return {};
    if (!annotations->is_object()) return malformed_in_archive(file);
    for (const std::string_view key : {kContainerdName, kOciName}) {
        const json::value* value = annotations->as_object().if_contains(key);
        if (value == nullptr) continue;
        const json::string* name = value->if_string();
        if (name == nullptr) return foreign("", file);
        const auto tagged = std::ranges::find_if(allowed_, [&](const Reference& one) {
            return key == kOciName && one.tag() && one.tag()->string() == std::string_view(*name);
        });
        if (tagged != allowed_.end()) {
            found_.insert(*tagged);
        } else {
            TRY(add(*name, file));
        }
    }
    return {};
}

Result<void> ArchiveNames::add_repositories(std::string_view text) {
    constexpr std::string_view kFile = "repositories";
    TRY_ASSIGN(const json::value root, parse_strict_json(text, kFile));
    if (!root.is_object()) return malformed_in_archive(kFile);
    for (const auto& repository : root.as_object()) {
        const json::object* tags = repository.value().if_object();
        if (tags == nullptr) return malformed_in_archive(kFile);
        for (const auto& tag : *tags) {
            TRY(add(fmt::format("{}:{}", std::string_view(repository.key()), std::string_view(tag.key())),
                    kFile));
        }
    }
    return {};
}

std::vector<Reference> ArchiveNames::found() const {
    std::vector<Reference> names;
    for (const Reference& one : allowed_) {
        if (found_.contains(one)) names.push_back(one);
    }
    return names;
}

std::unexpected<Error> ArchiveNames::foreign(std::string_view name, std::string_view file) const {
    std::vector<std::string> expected;
    expected.reserve(allowed_.size());
    for (const Reference& one : allowed_)
        expected.push_back(one.string());
    return refuse_archive(
        fmt::format("its {} would name an image '{}' in the engine; only {} may be named", file,
                    printable(name), expected.empty() ? "nothing" : text::join(expected, ", ")),
        "Check which job made this archive, and with which image name and tag.");
}

}  // namespace pr_image::docker
