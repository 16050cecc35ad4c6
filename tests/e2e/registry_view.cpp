#include "e2e/registry_view.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>

namespace pr_image::e2e {
namespace {

namespace json = boost::json;

const support::HttpFields kAcceptAll = {
    {"Accept",
     "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
     "application/vnd.docker.distribution.manifest.list.v2+json, "
     "application/vnd.docker.distribution.manifest.v2+json"}};

}  // namespace

std::vector<std::string> RegistryView::tags(const std::string& repository) const {
    const auto answer = ask_("GET", repository, "/tags/list", {});
    std::vector<std::string> tags;
    if (answer.status != 200) return tags;
    const auto value = json::parse(answer.body);
    if (const auto* list = value.at("tags").if_array()) {
        for (const auto& tag : *list) {
            tags.emplace_back(tag.as_string());
        }
    }
    return tags;
}

std::optional<std::string> RegistryView::digest(const std::string& repository,
                                                const std::string& reference) const {
    const auto answer = ask_("HEAD", repository, "/manifests/" + reference, kAcceptAll);
    if (answer.status != 200) return std::nullopt;
    return answer.field("Docker-Content-Digest");
}

std::vector<RegistryView::Image> RegistryView::images(const std::string& repository,
                                                      const std::string& reference) const {
    const auto answer = ask_("GET", repository, "/manifests/" + reference, kAcceptAll);
    if (answer.status != 200) {
        throw std::runtime_error("no manifest " + repository + " " + reference + ": " + answer.body);
    }
    const auto manifest = json::parse(answer.body);
    std::vector<Image> found;
    if (const auto* children = manifest.as_object().if_contains("manifests")) {
        for (const auto& child : children->as_array()) {
            const auto* platform = child.as_object().if_contains("platform");
            if (platform != nullptr && platform->at("os").as_string() == "unknown") continue;
            for (auto& image : images(repository, std::string(child.at("digest").as_string()))) {
                found.push_back(std::move(image));
            }
        }
        return found;
    }
    const std::string config_digest(manifest.at("config").at("digest").as_string());
    const auto config = json::parse(ask_("GET", repository, "/blobs/" + config_digest, {}).body);
    Image image{.platform = std::string(config.at("os").as_string()) + "/" +
                            std::string(config.at("architecture").as_string()),
                .labels = {},
                .blobs = {config_digest}};
    for (const auto& layer : manifest.at("layers").as_array())
        image.blobs.emplace_back(layer.at("digest").as_string());
    const auto& settings = config.at("config").as_object();
    if (const auto* labels = settings.if_contains("Labels"); labels != nullptr && labels->is_object()) {
        for (const auto& [key, value] : labels->as_object()) {
            image.labels.emplace(key, value.as_string());
        }
    }
    found.push_back(std::move(image));
    return found;
}

std::vector<std::string> RegistryView::platforms(const std::string& repository,
                                                 const std::string& reference) const {
    std::vector<std::string> platforms;
    for (const auto& image : images(repository, reference)) {
        platforms.push_back(image.platform);
    }
    return platforms;
}

std::set<std::string> RegistryView::blobs(const std::string& repository, const std::string& reference) const {
    std::set<std::string> digests;
    for (const auto& image : images(repository, reference))
        digests.insert(image.blobs.begin(), image.blobs.end());
    return digests;
}

std::map<std::string, std::string> RegistryView::labels(const std::string& repository,
                                                        const std::string& reference) const {
    const auto found = images(repository, reference);
    return found.empty() ? std::map<std::string, std::string>() : found.front().labels;
}

}  // namespace pr_image::e2e
