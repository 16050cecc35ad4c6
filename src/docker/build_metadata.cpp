#include "docker/build_metadata.hpp"

#include "text/json.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

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

}  // namespace

Result<BuildMetadata> parse_build_metadata(std::string_view content) {
    TRY_ASSIGN(const boost::json::value parsed, text::parse_json(content, "build metadata"));
    const boost::json::object* object = parsed.if_object();
    if (object == nullptr) return text::fail("Malformed build metadata", "it is not an object");
    return BuildMetadata{.digest = digest(*object, "containerimage.digest"),
                         .config_digest = digest(*object, "containerimage.config.digest"),
                         .names = member(*object, "image.name"),
                         .build_ref = member(*object, "buildx.build.ref"),
                         .json = boost::json::serialize(*object)};
}

BuildMetadata pushed_metadata(const Digest& digest, const std::vector<std::string>& names) {
    BuildMetadata metadata{
        .digest = digest, .config_digest = {}, .names = text::join(names, ","), .build_ref = {}, .json = {}};
    metadata.json = boost::json::serialize(
        boost::json::object{{"containerimage.digest", digest.string()}, {"image.name", metadata.names}});
    return metadata;
}

}  // namespace pr_image::docker
