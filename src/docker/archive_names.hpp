#pragma once

#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/json/object.hpp>

#include <set>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// The names that an image archive carries, against those that it may carry. Nothing that is loaded gets its
/// name from an archive; one that carries another name is not the archive that was asked for.
class ArchiveNames {
  public:
    explicit ArchiveNames(std::vector<Reference> allowed) : allowed_(std::move(allowed)) {}

    /// Takes a name and the file that it stands in; notes it. An Error when it is none of the allowed ones.
    Result<void> add(std::string_view name, std::string_view file);

    /// Takes a descriptor, whose annotations name an image for containerd (`io.containerd.image.name`) and
    /// for OCI tools (`org.opencontainers.image.ref.name`, by a name or by its tag alone); notes them.
    Result<void> add_annotations(const boost::json::object& descriptor, std::string_view file);

    /// Takes the file `repositories` of Docker's first format: {name: {tag: …}}; notes what it names.
    Result<void> add_repositories(std::string_view json);

    /// The allowed names that were found, in the order in which they are allowed.
    [[nodiscard]] std::vector<Reference> found() const;

  private:
    [[nodiscard]] std::unexpected<Error> foreign(std::string_view name, std::string_view file) const;

    std::vector<Reference> allowed_;
    std::set<Reference> found_;
};

}  // namespace pr_image::docker
