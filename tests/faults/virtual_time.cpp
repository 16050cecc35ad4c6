#include "faults/virtual_time.hpp"

#include "support/files.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <dlfcn.h>
#include <filesystem>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace pr_image::faults {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Nanoseconds = std::int64_t;

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr Nanoseconds kOwnWork = 1'000;  ///< between two readings of a clock

std::atomic<Nanoseconds> jumped{0};  ///< how far the clocks are ahead
std::atomic<bool> keeping{false};

/// The C library's own function of that name, or a sanitizer's.
template <typename Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int real_clock_gettime(clockid_t clock, timespec* now) {
    static auto* const function = real<int(clockid_t, timespec*)>("clock_gettime");
    return function(clock, now);
}

int real_timerfd_settime(int timer, int flags, const itimerspec* next, itimerspec* last) {
    static auto* const function = real<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
    return function(timer, flags, next, last);
}

Nanoseconds count(const timespec& time) {
    return Nanoseconds{time.tv_sec} * kSecond + time.tv_nsec;
}

timespec to_timespec(Nanoseconds time) {
    return {.tv_sec = time / kSecond, .tv_nsec = time % kSecond};
}

Nanoseconds virtual_now() {
    timespec now{};
    real_clock_gettime(CLOCK_MONOTONIC, &now);
    return count(now) + jumped;
}

/// Every timer that is set, by its descriptor, with when it goes off by the virtual clock.
class Timers {
  public:
    void set(int timer, Nanoseconds in) {
        const std::lock_guard lock(mutex_);
        if (in > 0) {
            due_[timer] = virtual_now() + in;
        } else {
            due_.erase(timer);
        }
    }

    std::optional<Nanoseconds> next() {
        const std::lock_guard lock(mutex_);
        std::optional<Nanoseconds> first;
        for (const auto& [timer, due] : due_)
            first = first ? std::min(*first, due) : due;
        return first;
    }

    /// Makes the kernel's timers fit the clock again after it has jumped.
    void renew() {
        const std::lock_guard lock(mutex_);
        const Nanoseconds now = virtual_now();
        for (auto timer = due_.begin(); timer != due_.end();) {
            const Nanoseconds left = timer->second - now;
            const itimerspec next{.it_interval = {}, .it_value = to_timespec(std::max<Nanoseconds>(left, 1))};
            // What was closed meanwhile is no timer any more.
            const bool gone = real_timerfd_settime(timer->first, 0, &next, nullptr) != 0;
            timer = gone || left <= 0 ? due_.erase(timer) : std::next(timer);
        }
    }

  private:
    std::mutex mutex_;
    std::map<int, Nanoseconds> due_;
};

Timers& timers() {
    static Timers& all = *new Timers;
    return all;
}

Nanoseconds read(clockid_t clock) {
    timespec now{};
    real_clock_gettime(clock, &now);
    return count(now);
}

/// How long all threads but this one have run so far.
Nanoseconds work_of_others() {
    return read(CLOCK_PROCESS_CPUTIME_ID) - read(CLOCK_THREAD_CPUTIME_ID);
}

/// Whether every thread but this one sleeps; one that only waits for its turn does not.
bool others_sleep() {
    const std::string me = std::to_string(::gettid());
    std::error_code ignored;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        if (task.path().filename() == me) continue;
        const std::string stat = support::read_file(task.path() / "stat");
        if (!stat.substr(stat.rfind(')') + 1).starts_with(" S")) return false;
    }
    return true;
}

bool has_children() {
    siginfo_t ended{};
    return ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/// What is on its way between two sockets of this machine is there sooner than that.
nanoseconds needed_quiet(Nanoseconds jump) {
    return jump < 5 * kSecond ? milliseconds(2) : milliseconds(15);
}

}  // namespace

struct VirtualTime::Keeper {
    Keeper() : thread([this] { run(); }) {}
    ~Keeper() {
        stopping = true;
        thread.join();
    }

    void run() {
        Nanoseconds work = work_of_others();
        Nanoseconds quiet_since = read(CLOCK_MONOTONIC);
        while (!stopping) {
            ::usleep(1'000);
            const Nanoseconds now = read(CLOCK_MONOTONIC);
            const Nanoseconds last = std::exchange(work, work_of_others());
            if (work - last > kOwnWork) quiet_since = now;
            const std::optional<Nanoseconds> next = timers().next();
            const Nanoseconds jump = next ? *next - virtual_now() : 0;
            if (jump <= 0 || now - quiet_since < needed_quiet(jump).count()) continue;
            const bool idle = !has_children() && others_sleep() && work_of_others() - work <= kOwnWork;
            if (idle) {
                jumped += jump;
                timers().renew();
            }
            quiet_since = now;
        }
    }

    std::atomic<bool> stopping{false};
    std::thread thread;
};

VirtualTime::VirtualTime() {
    keeping = true;
    keeper_ = std::make_unique<Keeper>();
}

VirtualTime::~VirtualTime() {
    keeper_.reset();
    keeping = false;
}

}  // namespace pr_image::faults

// The C library's header has these names already, without this program's hidden visibility.
extern "C" {

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* now) noexcept {
    using namespace pr_image::faults;
    const int result = real_clock_gettime(clock, now);
    if (result != 0 || (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)) return result;
    *now = to_timespec(count(*now) + jumped);
    return 0;
}

__attribute__((visibility("default"))) std::time_t time(std::time_t* into) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (into != nullptr) *into = now.tv_sec;
    return now.tv_sec;
}

__attribute__((visibility("default"))) int timerfd_settime(int timer, int flags, const itimerspec* next,
                                                           itimerspec* last) noexcept {
    using namespace pr_image::faults;
    const bool relative = (flags & TFD_TIMER_ABSTIME) == 0;
    if (keeping) timers().set(timer, relative ? count(next->it_value) : 0);
    return real_timerfd_settime(timer, flags, next, last);
}
}
