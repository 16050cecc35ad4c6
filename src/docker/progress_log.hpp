#pragma once

#include "docker/build_failure.hpp"
#include "docker/solve_status.hpp"
#include "process/line_splitter.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// Is given each line that a build shows, without its line end.
using LineSink = std::function<void(std::string_view)>;

/// Turns the stream that buildx writes with `--progress=rawjson` into a log for people, as it comes, and
/// remembers what an error message needs. Each step has a number:
///
///     #5 [2/4] RUN make            when it starts
///     #5 0.53 cc -c x.c            what it prints, seconds after its start
///     #5 DONE 1.2s                 or CACHED, CANCELED, ERROR and the reason
///
/// The steps' text is untrusted: its lines come out as valid UTF-8 without control characters, and whoever
/// prints them keeps them from acting as commands.
class ProgressLog {
  public:
    explicit ProgressLog(LineSink sink) : sink_(std::move(sink)) {}

    /// Takes the next line of buildx's standard error, JSON or not.
    void add(const process::Line& line);

    /// Takes the next line of buildx's standard output: the answer to a call.
    void output(const process::Line& line);

    /// Says that buildx has ended; shows what was still held back.
    void finish();

    /// What the Dockerfile checks said, each once.
    [[nodiscard]] const std::vector<VertexWarning>& warnings() const { return warnings_; }

    /// Why the build failed, for a buildx that ended with an error.
    [[nodiscard]] BuildFailure failure() const;

    /// Says whether a cache is being written at this moment.
    [[nodiscard]] bool is_exporting_cache() const { return cache_exports_ > 0; }

    /// The manifests that were pushed under a name, as `name:tag` and digest.
    [[nodiscard]] const std::map<std::string, std::string>& pushed() const { return pushed_; }

    /// Why caches could not be written, one line each: with `ignore-error` the build goes on without.
    [[nodiscard]] const std::vector<std::string>& unwritten_caches() const { return unwritten_caches_; }

    /// How many steps of the Dockerfile after its FROMs are done, and how many of them the cache held.
    struct Count {
        std::size_t steps = 0;
        std::size_t cached = 0;
    };
    [[nodiscard]] Count count() const;

  private:
    struct Part {
        std::optional<Instant> shown;
        bool completed = false;
    };
    struct Step {
        unsigned number = 0;  ///< 0 until it is shown
        std::string name;
        std::optional<Instant> started;
        std::optional<Instant> ended;
        std::chrono::nanoseconds spent{0};
        std::chrono::nanoseconds shown_spent{0};
        bool cached = false;
        bool quiet = false;          ///< nothing was shown since its last end
        bool exports_cache = false;  ///< and has not ended
        std::string outcome;
        std::string error;
        std::array<std::string, 2> partial;  ///< of both streams, a line whose end has not come
        std::deque<std::string> last_lines;
        std::map<std::string, Part> parts;
    };

    void apply(SolveStatus status);
    void begin(const Vertex& vertex);
    void end(const Vertex& vertex);
    void progress(const VertexStatus& status);
    void note_push(const VertexStatus& status);
    void print(const VertexLog& log);
    void print_line(Step& step, std::string_view line, std::optional<Instant> time);
    void flush(Step& step);
    void plain(std::string_view line);
    void announce(Step& step);
    void show(Step& step, std::string_view text);
    void add_warning(const VertexWarning& warning);
    [[nodiscard]] const Step* failed_step() const;

    LineSink sink_;
    std::map<std::string, Step, std::less<>> steps_;
    const Step* last_shown_ = nullptr;
    unsigned next_number_ = 1;
    std::vector<const Step*> failed_;  ///< in order, the first of them
    std::vector<VertexWarning> warnings_;
    std::vector<std::string> unwritten_caches_;

    int cache_exports_ = 0;  ///< under way
    std::map<std::string, std::string> pushed_;

    std::string previous_plain_;
    std::string error_;
    std::string file_;
    std::uint32_t line_ = 0;
};

}  // namespace pr_image::docker
