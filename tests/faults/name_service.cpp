#include "faults/name_service.hpp"

#include <dlfcn.h>
#include <map>
#include <mutex>
#include <netdb.h>
#include <string_view>

namespace pr_image::faults::names {

namespace {

using Clock = std::chrono::steady_clock;

struct Planned {
    Trouble trouble;
    Clock::time_point end;
};

struct State {
    std::mutex mutex;
    std::map<std::string, Planned, std::less<>> troubles;
    std::size_t count = 0;
};

State& state() {
    static State& all = *new State;
    return all;
}

/// Says what this look-up ends with.
Trouble next_for(const std::string& host) {
    const std::lock_guard lock(state().mutex);
    const auto found = state().troubles.find(host);
    if (found == state().troubles.end()) return {};
    auto& [trouble, end] = found->second;
    if (trouble.times == 0 || Clock::now() >= end) return {};
    if (trouble.times > 0) --trouble.times;
    ++state().count;
    return trouble;
}

int real_getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
    using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
    static auto* const function = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return function(node, service, hints, found);
}

}  // namespace

void trouble(const std::string& host, Trouble trouble) {
    const std::lock_guard lock(state().mutex);
    const bool for_ever = trouble.lasting.count() == 0;
    const Clock::time_point end = for_ever ? Clock::time_point::max() : Clock::now() + trouble.lasting;
    state().troubles[host] = {trouble, end};
}

void reset() {
    const std::lock_guard lock(state().mutex);
    state().troubles.clear();
    state().count = 0;
}

std::size_t troubled() {
    const std::lock_guard lock(state().mutex);
    return state().count;
}

}  // namespace pr_image::faults::names

extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** found) {
    using namespace pr_image::faults::names;
    if (node == nullptr || !std::string_view(node).ends_with(".test")) {
        return real_getaddrinfo(node, service, hints, found);
    }
    const Trouble trouble = next_for(node);
    if (trouble.error != 0) return trouble.error;
    const std::string port = trouble.port == 0 ? std::string(service) : std::to_string(trouble.port);
    return real_getaddrinfo("127.0.0.1", port.c_str(), hints, found);
}
