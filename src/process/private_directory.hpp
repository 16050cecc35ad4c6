#pragma once

#include "text/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pr_image::process {

/// A folder that only this user can enter, for credentials, secrets and results; it and all that is in it is
/// gone when the object is. It is locked while it is in use, so that a later run can tell what a killed one
/// left behind.
class PrivateDirectory {
  public:
    /// Makes one in /dev/shm when that is a tmpfs that can be written, so that nothing secret touches a disk
    /// and a container needs no writable root; else in `temp_directory`, else in /tmp. An Error names the
    /// places that were tried.
    static Result<PrivateDirectory> create(const std::string& temp_directory);

    /// Makes one on the disk, for what is too large for the memory. An Error says why it could not.
    static Result<PrivateDirectory> create_on_disk(const std::string& temp_directory);

    PrivateDirectory(PrivateDirectory&& other) noexcept;
    PrivateDirectory& operator=(PrivateDirectory&& other) noexcept;
    ~PrivateDirectory();

    /// The absolute path, without a slash at the end.
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Takes a file name that is new here; writes `bytes` into a file with mode 0600 and gives its path.
    /// An Error says why it could not.
    [[nodiscard]] Result<std::string> write_file(std::string_view name, std::string_view bytes) const;

    /// Takes a name that is new here; makes a folder with mode 0700 and gives its path.
    [[nodiscard]] Result<std::string> make_directory(std::string_view name) const;

  private:
    PrivateDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    static Result<PrivateDirectory> create_in(const std::string& parent);
    std::string path_;
    int lock_ = -1;  ///< the open folder, which holds the lock
};

/// Removes the private folders in `temp_directory` and in memory whose program is gone without having removed
/// them, because it was killed. Only folders of our own name that belong to this user and that nobody has
/// locked; what cannot be removed stays. Gives how many went.
std::size_t remove_abandoned(const std::string& temp_directory);

}  // namespace pr_image::process
