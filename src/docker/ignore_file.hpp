#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// The patterns of a `.dockerignore`, in order, as BuildKit applies them to a build context.
class IgnoreFile {
  public:
    /// Takes the file's content; comments, white space, a byte order mark, leading slashes and `..` are
    /// treated as moby/patternmatcher's `ignorefile.ReadAll` does. A pattern that BuildKit would refuse is
    /// left out: then nothing is built anyway.
    static IgnoreFile parse(std::string_view content);

    /// Takes a path relative to the context ("a/b", no leading slash); says whether the context is sent
    /// without it. The last pattern that matches the path or a folder above it decides (fsutil, `filter.go`;
    /// moby/patternmatcher, `MatchesUsingParentResults`).
    [[nodiscard]] bool leaves_out(std::string_view path) const;

  private:
    struct Pattern {
        std::string text;
        bool brings_back = false;  ///< written with `!`
    };
    std::vector<Pattern> patterns_;
};

}  // namespace pr_image::docker
