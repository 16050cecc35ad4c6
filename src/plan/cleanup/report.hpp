#pragma once

#include "plan/cleanup/execution.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup {

/// What became of one manifest or tag, for people and for the report.
struct Line {
    enum class Kind { deleted, untagged, kept, failed, left };
    Kind kind = Kind::kept;
    std::uint64_t id = 0;  ///< GitHub's version id; 0 where there is none
    std::string digest;
    std::vector<std::string> tags;
    std::string reason;    ///< code
    std::string sentence;  ///< why
};

/// What a clean-up of one image came to.
struct Report {
    std::string image;
    bool dry_run = false;
    std::vector<Line> lines;  ///< everything that clean-up is about; of the rest only `kept` counts
    std::size_t deleted = 0;  ///< manifests; under dry-run those that would be
    std::size_t untagged = 0;
    std::size_t kept = 0;
    std::size_t failed = 0;
    std::size_t left = 0;
    std::map<std::string, std::size_t> kept_by_reason;
    std::vector<std::string> notes;  ///< what a person should know, a sentence each
    std::optional<Error> error;      ///< why the image could not be cleaned up, or not to the end
};

/// Takes an execution at its end (or, under dry-run, after its plan); gives its report.
Report make_report(const ImageName& image, const Execution& execution, bool dry_run);

/// Gives the report as JSON: `{"image":…,"deleted":[…],"untagged":[…],"kept":[…],"kept_by_reason":{…},…}`.
boost::json::object to_json(const Report& report);

/// Gives the reports of all images as one line of JSON of at most `limit` bytes: kept lines go first, then
/// every line, and `truncated` says so.
std::string to_json(const std::vector<Report>& reports, std::size_t limit);

}  // namespace pr_image::plan::cleanup
