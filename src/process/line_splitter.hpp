#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace pr_image::process {

/// One line of a program's output, without its line end.
struct Line {
    std::string_view text;
    bool truncated = false;  ///< the line was longer than the limit; this is its beginning
};

/// Is given each line as it ends; the text is gone when it returns.
using LineHandler = std::function<void(const Line&)>;

/// Cuts a stream of bytes into lines in bounded memory: of a line that is longer than the limit, the
/// beginning is delivered as truncated as soon as the limit is reached, and the rest is dropped.
class LineSplitter {
  public:
    /// Takes the handler, which may be empty, and the most bytes of one line that are kept.
    LineSplitter(LineHandler handler, std::size_t limit) : handler_(std::move(handler)), limit_(limit) {}

    /// Takes the next bytes of the stream, cut anywhere. LF and CR LF end a line.
    void feed(std::string_view bytes);

    /// Says that the stream has ended; delivers a last line that has no line end.
    void finish();

  private:
    void deliver(std::string_view line, bool truncated);

    LineHandler handler_;
    std::size_t limit_;
    std::string held_;       ///< the beginning of a line whose end has not come yet
    bool skipping_ = false;  ///< the line that goes on was delivered as truncated
};

}  // namespace pr_image::process
