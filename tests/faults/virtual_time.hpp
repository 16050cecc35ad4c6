#pragma once

#include <memory>

namespace pr_image::faults {

/// As long as it lives, nobody in this program waits for a timer for nothing: whenever all of its threads
/// sleep, no child process is there and only time could wake them, the monotonic clock jumps to the next
/// timer of Asio's. Whoever measures sees the time that would have passed; deadlines, retries and polls end
/// in their order, whatever else the machine is busy with.
///
/// It works by this program's own clock_gettime(), time() and timerfd_settime(), which take the place of the
/// C library's: a program with this in it is for tests of faults only.
class VirtualTime {
  public:
    VirtualTime();
    ~VirtualTime();
    VirtualTime(const VirtualTime&) = delete;
    VirtualTime& operator=(const VirtualTime&) = delete;

  private:
    struct Keeper;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace pr_image::faults
