#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/workspace_path.hpp"

#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::commands::cleanup {

/// Manifests and configurations that earlier runs have read, in one file. They are immutable, and each is
/// used only if its bytes still have its digest: whoever writes the file cannot change what clean-up sees.
/// An entry is a line `<digest> <bytes> <media type>`, the bytes, and a line feed.
class ManifestCache {
  public:
    struct Entry {
        std::string media_type;
        std::string bytes;
    };

    /// A cache without a file: it holds nothing and keeps nothing.
    ManifestCache() = default;

    /// Takes the file, which is written later; reads where everything is in it, if it is there. What is cut
    /// off or malformed ends the reading. Errors: it cannot be read, or its folder not be written.
    static Result<ManifestCache> open(const WorkspacePath& file);

    /// Gives what is kept under a digest, if it is there and whole.
    std::optional<Entry> find(const Digest& digest);

    /// Keeps a manifest that was just read.
    void add(const Digest& digest, const Entry& entry);

    /// Writes the file anew with those that `wanted` says yes to. Errors: it cannot be written.
    Result<void> save(const std::function<bool(const Digest&)>& wanted);

  private:
    struct Place {
        std::streamoff at = 0;
        std::size_t size = 0;
        std::string media_type;
        bool added = false;  ///< in the file of additions
    };

    void index();
    std::optional<Entry> read(const Digest& digest, const Place& place);

    std::string path_;
    std::ifstream old_;
    std::fstream added_;
    std::map<Digest, Place> places_;
};

}  // namespace pr_image::commands::cleanup
