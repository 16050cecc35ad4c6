#pragma once

#include "docker/blob_directory.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pr_image::docker {

/// One image for one platform, and every blob that belongs to it.
struct ImageContent {
    Blob target;             ///< what leads to it: its index, or its manifest
    std::string media_type;  ///< of the target
    Blob config;             ///< its configuration, by which the older image stores know it
    std::vector<Blob> layers;
    std::vector<Blob> blobs;  ///< all of these, and its attestations; each once
    std::string os;
    std::string architecture;
    std::string variant;  ///< often empty
    std::map<std::string, std::string> labels;
    std::vector<Reference> names;  ///< the allowed names that the archive gives it; maybe none
};

/// Takes the files of an image archive by name, with where their content is; gives the one image that they
/// hold, so that every reader of these files finds this image and no other:
///   - an OCI layout (image-layout.md), `manifest.json` (Docker image spec 1.2), or both in agreement; a
///     layout is made for an archive without one;
///   - each name in `index.json`, `manifest.json` and `repositories` is one of `allowed`;
///   - indexes, manifests and configuration mean the same to every reader of JSON, are of one kind each, as
///     their descriptors say, and have the sizes that these say; every layer is there;
///   - index.json, indexes and configuration agree on the platform;
///   - nothing is to be fetched from elsewhere.
/// The content of compressed layers is for the engine to check, against the configuration. Errors: anything
/// else.
Result<ImageContent> read_archive_content(const std::map<std::string, Blob, std::less<>>& files,
                                          BlobDirectory& blobs, std::vector<Reference> allowed);

}  // namespace pr_image::docker
