#include "docker/engine_progress.hpp"

#include "text/json.hpp"
#include "text/strings.hpp"

#include <boost/json/value.hpp>

#include <utility>

namespace pr_image::docker {

namespace {

constexpr std::size_t kLongestLine = 256 * 1024;

}  // namespace

std::optional<EngineProgress> parse_engine_progress(std::string_view line) {
    if (text::trim(line).empty()) return std::nullopt;
    const Result<boost::json::value> root = text::parse_json(line, "progress");
    if (!root || !root->is_object()) return std::nullopt;
    EngineProgress progress{.id = text::json_string(*root, "id"),
                            .status = text::json_string(*root, "status"),
                            .text = text::json_string(*root, "stream"),
                            .current = text::json_number(*root, "progressDetail.current").value_or(0),
                            .total = text::json_number(*root, "progressDetail.total").value_or(0),
                            .error = text::json_string(*root, "errorDetail.message")};
    if (progress.error.empty()) progress.error = text::json_string(*root, "error");
    return progress;
}

EngineProgressReader::EngineProgressReader(Handler handler)
    : handler_(std::move(handler)),
      lines_([this](const process::Line& next) { line(next.text); }, kLongestLine) {}

void EngineProgressReader::line(std::string_view text) {
    const std::optional<EngineProgress> progress = parse_engine_progress(text);
    if (!progress) return;
    if (!progress->error.empty() && !error_) error_ = progress->error;
    if (handler_) handler_(*progress);
}

std::optional<std::string> EngineProgressReader::finish() {
    lines_.finish();
    return error_;
}

}  // namespace pr_image::docker
