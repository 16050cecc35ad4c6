#pragma once

#include "text/workspace_path.hpp"

#include <string>
#include <utility>

namespace pr_image::support {

/// Opens every path that the rules of text allow, as if each file were there: for tests of decisions.
class TextPaths final : public PathOpener {
  public:
    explicit TextPaths(PathRoots roots) : PathOpener(std::move(roots)) {}
    explicit TextPaths(std::string workspace)
        : PathOpener({.workspace = std::move(workspace), .temporary = "/github/runner_temp"}) {}

  private:
    [[nodiscard]] Result<std::string> follow(const text::Place& place, PathUse /*use*/,
                                             Presence /*presence*/) const override {
        return place.relative;
    }
};

}  // namespace pr_image::support
