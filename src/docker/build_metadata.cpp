#include "docker/build_metadata.hpp"

#include "text/json.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>

namespace pr_image::docker {
namespace {

/// The keys have dots in them, so they are no paths.
std::string member(const boost::json::object& object, std::string_view key) {
    const boost::json::value* found = object.if_contains(key);
    const boost::json::string* string = found == nullptr ? nullptr : found->if_string();
    return string == nullptr ? std::string() : std::string(*string);
}

std::optional<Digest> digest(const boost::json::object& object, std::string_view key) {
    Result<Digest> parsed = Digest::parse(member(object, key));
    return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

std::string name_of_source(const boost::json::object& answer, std::uint64_t index) {
    const boost::json::value* sources = answer.if_contains("sources");
    const boost::json::array* array = sources == nullptr ? nullptr : sources->if_array();
    return array == nullptr || index >= array->size() ? std::string()
                                                      : text::json_string((*array)[index], "filename");
}

std::uint32_t line_of(const boost::json::value& range, std::string_view end) {
    constexpr std::uint64_t kMaxLine = 10'000'000;
    return static_cast<std::uint32_t>(std::min(text::json_number(range, end).value_or(0), kMaxLine));
}

/// What `--call=check` found, in the form in which a build's own checks arrive.
std::vector<VertexWarning> check_findings(const boost::json::object& metadata) {
    constexpr std::size_t kMaxFindings = 1000;
    std::vector<VertexWarning> findings;
    const boost::json::value* result = metadata.if_contains("result.json");
    const boost::json::object* answer = result == nullptr ? nullptr : result->if_object();
    const boost::json::value* warnings = answer == nullptr ? nullptr : answer->if_contains("warnings");
    if (warnings == nullptr || !warnings->is_array()) return findings;
    for (const boost::json::value& warning : warnings->get_array()) {
        const std::string rule = text::json_string(warning, "ruleName");
        if (rule.empty() || findings.size() == kMaxFindings) continue;
        VertexWarning finding{
            .message = rule + ": " + text::json_string(warning, "detail"),
            .detail = text::json_string(warning, "description"),
            .url = text::json_string(warning, "url"),
            .file = name_of_source(*answer, text::json_number(warning, "location.sourceIndex").value_or(0))};
        const boost::json::value* ranges = text::find_json(warning, "location.ranges");
        if (ranges != nullptr && ranges->is_array() && !ranges->get_array().empty()) {
            finding.line = line_of(ranges->get_array().front(), "start.line");
            finding.end_line = line_of(ranges->get_array().front(), "end.line");
        }
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace

Result<BuildMetadata> parse_build_metadata(std::string_view content) {
    TRY_ASSIGN(const boost::json::value parsed, text::parse_json(content, "build metadata"));
    const boost::json::object* object = parsed.if_object();
    if (object == nullptr) return text::fail("Malformed build metadata", "it is not an object");
    return BuildMetadata{.digest = digest(*object, "containerimage.digest"),
                         .config_digest = digest(*object, "containerimage.config.digest"),
                         .names = member(*object, "image.name"),
                         .build_ref = member(*object, "buildx.build.ref"),
                         .json = boost::json::serialize(*object),
                         .checks = check_findings(*object)};
}

BuildMetadata pushed_metadata(const Digest& digest, const std::vector<std::string>& names) {
    BuildMetadata metadata{
        .digest = digest, .config_digest = {}, .names = text::join(names, ","), .build_ref = {}, .json = {}};
    metadata.json = boost::json::serialize(
        boost::json::object{{"containerimage.digest", digest.string()}, {"image.name", metadata.names}});
    return metadata;
}

}  // namespace pr_image::docker
