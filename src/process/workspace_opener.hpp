#pragma once

#include "process/open_beneath.hpp"
#include "text/workspace_path.hpp"

#include <string>
#include <utility>

namespace pr_image::process {

/// Opens what inputs name, component by component beneath the workspace or runner.temp: what it gives is a
/// path without a link that another program could be led away by.
///
///  - What is read may lead through relative links that stay inside.
///  - Where something is written no link is followed, none that dangles either, and a folder for it holds no
///    repository that a later git command would believe; a layout holds no link at all.
///  - No component is a `.git`, whatever leads to it; nothing is written into a folder that git takes for a
///    repository, whatever its name.
///  - A Dockerfile keeps its own name where it is a link, because `<file>.dockerignore` is found by it.
class WorkspaceOpener final : public PathOpener {
  public:
    explicit WorkspaceOpener(PathRoots roots, OpenMethod method = OpenMethod::automatic)
        : PathOpener(std::move(roots)), method_(method) {}

  private:
    [[nodiscard]] Result<std::string> follow(const text::Place& place, PathUse use,
                                             Presence presence) const override;

    OpenMethod method_;
};

}  // namespace pr_image::process
