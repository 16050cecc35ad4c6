#pragma once

#include "support/http_client.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pr_image::e2e {

/// What a registry holds, seen past the code under test.
class RegistryView {
  public:
    /// Sends one request below `/v2/<repository>` with every right.
    using Ask =
        std::function<support::HttpResponse(std::string_view method, const std::string& repository,
                                            const std::string& rest, const support::HttpFields& fields)>;

    explicit RegistryView(Ask ask) : ask_(std::move(ask)) {}

    /// All tags of a repository; none when the registry does not know it.
    [[nodiscard]] std::vector<std::string> tags(const std::string& repository) const;
    /// What a HEAD request for a tag or digest answers as its digest; nothing when it is not there.
    [[nodiscard]] std::optional<std::string> digest(const std::string& repository,
                                                    const std::string& reference) const;
    /// `os/architecture` of each image that an index has, attestations left out; of a plain manifest, its
    /// own.
    [[nodiscard]] std::vector<std::string> platforms(const std::string& repository,
                                                     const std::string& reference) const;
    /// The configuration and layers of every image that an index has, or of a plain manifest: digests.
    [[nodiscard]] std::set<std::string> blobs(const std::string& repository,
                                              const std::string& reference) const;
    /// The labels of the image, or of an index's first one.
    [[nodiscard]] std::map<std::string, std::string> labels(const std::string& repository,
                                                            const std::string& reference) const;

  private:
    struct Image {
        std::string platform;
        std::map<std::string, std::string> labels;
        std::vector<std::string> blobs;
    };
    [[nodiscard]] std::vector<Image> images(const std::string& repository,
                                            const std::string& reference) const;

    Ask ask_;
};

}  // namespace pr_image::e2e
