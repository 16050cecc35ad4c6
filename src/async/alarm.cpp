#include "async/alarm.hpp"

#include <utility>

namespace pr_image::async {

void Alarm::set(std::chrono::milliseconds after, std::function<void()> ring) {
    ring_ = std::make_shared<std::function<void()>>(std::move(ring));
    timer_.expires_after(after);
    timer_.async_wait([weak = std::weak_ptr(ring_)](const boost::system::error_code& cancelled) {
        const std::shared_ptr<std::function<void()>> still_set = weak.lock();
        if (!cancelled && still_set) (*still_set)();
    });
}

void Alarm::cancel() {
    ring_.reset();
    timer_.cancel();
}

}  // namespace pr_image::async
