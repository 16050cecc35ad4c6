#pragma once

#include "text/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// A point in time as BuildKit reports it; only differences mean anything here.
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;

/// One step of a build.
struct Vertex {
    std::string digest;
    std::string name;  ///< "[2/4] RUN make"
    std::optional<Instant> started;
    std::optional<Instant> completed;
    bool cached = false;
    std::string error;  ///< empty unless it failed
};

/// A part of a step that has a progress of its own: a layer that is pulled, a manifest that is written.
struct VertexStatus {
    std::string vertex;
    std::string id;  ///< "exporting layers"
    std::int64_t current = 0;
    std::int64_t total = 0;
    std::optional<Instant> timestamp;
    std::optional<Instant> started;
    std::optional<Instant> completed;
};

/// A piece of what a step printed, cut anywhere.
struct VertexLog {
    std::string vertex;
    int stream = 1;  ///< 1: standard output, 2: standard error
    std::string data;
    std::optional<Instant> timestamp;
};

/// What a Dockerfile check says.
struct VertexWarning {
    std::string message;  ///< "StageNameCasing: Stage name 'Base' should be lowercase (line 1)"
    std::string detail;
    std::string url;
    std::string file;        ///< as BuildKit was given it: a bare name
    std::uint32_t line = 0;  ///< from 1; 0 when there is none
    std::uint32_t end_line = 0;
};

/// One line of `--progress=rawjson`: what changed since the last one (BuildKit, `client.SolveStatus`).
struct SolveStatus {
    std::vector<Vertex> vertexes;
    std::vector<VertexStatus> statuses;
    std::vector<VertexLog> logs;
    std::vector<VertexWarning> warnings;
};

/// Takes a line of buildx's standard error; gives the status that it holds, or nothing when it is not one:
/// errors come as plain lines on the same stream. Parts of the wrong shape are left out.
std::optional<SolveStatus> parse_solve_status(std::string_view line);

}  // namespace pr_image::docker
