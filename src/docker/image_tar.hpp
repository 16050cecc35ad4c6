#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// One image for one platform, as its own configuration in the archive describes it.
struct TarImage {
    std::optional<Digest> target;  ///< the id that the containerd image store gives it: its index or manifest
    Digest config;                 ///< the id that the older image stores give it
    std::string os;
    std::string architecture;
    std::string variant;  ///< often empty
    std::map<std::string, std::string> labels;
    std::vector<Reference> tags;  ///< the names it is loaded under
};

/// Reads a docker-format tar while it passes on its way to the engine or the disk, and says whether it may be
/// loaded. Loading moves local tags and trusts the archive's own word for it, so this looks first:
///   - it is an image: `manifest.json` (Docker image spec 1.2) or an OCI layout (image-layout.md), complete;
///   - every name that an engine of any kind would read from it is one of `allowed`;
///   - nothing in it is a link, a device, a duplicate or a way out of its folder, and its JSON means the same
///     to every reader;
///   - index, manifests and configurations have the digests that they are named by.
/// It keeps only small JSON files, at most 32 MiB of them. Layers are not hashed: the artifact's own digest
/// and the engine do that.
class ImageTarCheck {
  public:
    explicit ImageTarCheck(std::vector<Reference> allowed);
    ~ImageTarCheck();
    ImageTarCheck(ImageTarCheck&&) noexcept;
    ImageTarCheck& operator=(ImageTarCheck&&) noexcept;

    /// Takes the next bytes, of any number. Errors: what can be told from them alone. An archive that failed
    /// once is of no more use.
    Result<void> update(std::string_view bytes);

    /// Says that these were all the bytes; gives the images, at least one. Errors: see above.
    Result<std::vector<TarImage>> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Checks a file as ImageTarCheck does. Errors: also a file that cannot be read.
Result<std::vector<TarImage>> check_image_tar(const std::string& path, std::vector<Reference> allowed);

}  // namespace pr_image::docker
