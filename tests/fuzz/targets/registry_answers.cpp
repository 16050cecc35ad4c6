#include "fuzz/target.hpp"
#include "plan/cleanup/manifest.hpp"
#include "registry/challenge.hpp"
#include "registry/failure.hpp"
#include "registry/manifest.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <string>

namespace pr_image::fuzz {
namespace {

void check_challenges(std::string_view input) {
    for (const registry::Challenge& challenge : registry::parse_challenges(input)) {
        require(!challenge.scheme.empty() &&
                challenge.scheme.find_first_of(" \r\n,=\"") == std::string::npos);
    }
    if (const auto token = registry::parse_token(input)) {
        require(token->value.find_first_of(" \r\n\t") == std::string::npos && token->lifetime > 0);
    }
}

/// Clean-up reads manifests with a reader of its own: what one sees in an index, the other must not overlook.
void check_manifests(std::string_view input) {
    const auto index = registry::parse_index(input);
    const auto seen = plan::cleanup::parse_manifest(input, "application/vnd.oci.image.manifest.v1+json");
    if (index) {
        any_result(registry::choose_platform(*index, std::nullopt));
        any_result(registry::choose_platform(*index, registry::Platform{"linux", "amd64"}));
    }
    if (index && seen) {
        require(plan::cleanup::is_index(seen->type));
        for (const registry::Descriptor& child : index->manifests)
            require(std::ranges::find(seen->children, child.digest, &plan::cleanup::Descriptor::digest) !=
                    seen->children.end());
    }
    const auto manifest = registry::parse_manifest(input);
    if (manifest && seen) {
        require(seen->config == manifest->config.digest);
        if (manifest->subject) require(seen->subject == manifest->subject->digest);
    }
    any_result(registry::parse_image_config(input));
    any_result(plan::cleanup::parse_image_config(input));
}

// A registry may answer anything.
void try_registry_answers(std::string_view input) {
    check_challenges(input);
    check_manifests(input);
    static const http::Url url = http::Url::parse("https://registry.example/").value();
    const http::Response response{.status = 403, .headers = {}, .body = std::string(input), .url = url};
    const std::string words = registry::registry_words(response);
    require(!words.empty() && text::is_utf8(words) && words.find_first_of("\r\n") == std::string::npos);
}

const Registered registry_answers("registry_answers", try_registry_answers);

}  // namespace
}  // namespace pr_image::fuzz
