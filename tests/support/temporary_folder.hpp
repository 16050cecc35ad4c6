#pragma once

#include <filesystem>
#include <string_view>

namespace pr_image::support {

/// A folder of its own below TMPDIR (or /tmp), readable by its owner only, removed with what is in it when
/// this object goes.
class TemporaryFolder {
  public:
    /// Takes the beginning of the folder's name; throws std::system_error when it cannot be made.
    explicit TemporaryFolder(std::string_view prefix = "pr-image-test-");
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace pr_image::support
