#pragma once

#include "process/line_splitter.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::docker {

/// One message of the engine's progress stream (moby, api/types/jsonstream).
struct EngineProgress {
    std::string id;             ///< a layer's short id, or empty
    std::string status;         ///< "Downloading"
    std::string text;           ///< `stream`: plain output, "Loaded image: app:1"
    std::uint64_t current = 0;  ///< bytes done
    std::uint64_t total = 0;    ///< bytes in all, 0 when that is not known
    std::string error;          ///< why it all ended; empty for progress
};

/// Takes one line; gives its message, or nothing when it is none.
std::optional<EngineProgress> parse_engine_progress(std::string_view line);

/// Reads a progress stream that comes in pieces cut anywhere. An error can come after any amount of progress,
/// with status 200 long sent, so the stream's end is where success is known.
class EngineProgressReader {
  public:
    using Handler = std::function<void(const EngineProgress&)>;

    /// Takes who sees each message; may be empty.
    explicit EngineProgressReader(Handler handler);
    EngineProgressReader(const EngineProgressReader&) = delete;
    EngineProgressReader& operator=(const EngineProgressReader&) = delete;

    /// Takes the next bytes.
    void feed(std::string_view bytes) { lines_.feed(bytes); }

    /// Says that the stream has ended; gives the error that it reported, if it did.
    std::optional<std::string> finish();

  private:
    void line(std::string_view text);

    Handler handler_;
    std::optional<std::string> error_;
    process::LineSplitter lines_;
};

}  // namespace pr_image::docker
