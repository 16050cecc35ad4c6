#include "process/line_splitter.hpp"

namespace pr_image::process {

void LineSplitter::feed(std::string_view bytes) {
    if (!handler_) return;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        if (!skipping_) {
            if (held_.size() + part.size() > limit_) {
                held_ += part.substr(0, limit_ - held_.size());
                deliver(held_, true);
                skipping_ = true;
            } else if (end == std::string_view::npos) {
                held_ += part;
            } else if (held_.empty()) {
                deliver(part, false);
            } else {
                held_ += part;
                deliver(held_, false);
            }
        }
        if (end == std::string_view::npos) return;
        held_.clear();
        skipping_ = false;
        bytes.remove_prefix(end + 1);
    }
}

void LineSplitter::finish() {
    if (handler_ && !skipping_ && !held_.empty()) deliver(held_, false);
    held_.clear();
    skipping_ = false;
}

void LineSplitter::deliver(std::string_view line, bool truncated) {
    if (!truncated && line.ends_with('\r')) line.remove_suffix(1);
    handler_(Line{line, truncated});
}

}  // namespace pr_image::process
