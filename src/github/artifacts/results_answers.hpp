#pragma once

#include "github/artifacts/job_scope.hpp"
#include "text/digest.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::github::artifacts {

/// An artifact of this run that is complete.
struct Listed {
    std::uint64_t id = 0;
    std::string name;
    std::uint64_t size = 0;        ///< as it is stored, in bytes
    std::optional<Digest> digest;  ///< of what is stored; absent for very old uploaders
    JobScope owner;                ///< who made it
};

// The Results service's answers (actions/toolkit, packages/artifact, generated/results/api/v1/artifact.ts).
// protobuf's JSON form lets a field be named as in the .proto file or in camel case, and a 64-bit number be
// written as a string; the service has used all of these.

/// Takes the answer of ListArtifacts; gives its artifacts of that name, the newest first. What has no id is
/// left out.
std::vector<Listed> listed_artifacts(const boost::json::value& answer, std::string_view name);

/// Takes the answer of FinalizeArtifact; gives the artifact's id, or nothing.
std::optional<std::uint64_t> answered_id(const boost::json::value& answer);

/// Takes an answer and the two names of a field; gives the address in it, or "".
std::string answered_url(const boost::json::value& answer, std::string_view snake, std::string_view camel);

}  // namespace pr_image::github::artifacts
