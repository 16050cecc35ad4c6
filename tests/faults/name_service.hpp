#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pr_image::faults {

/// This program's own name service: names that end in `.test` are at 127.0.0.1, unless they are told to fail;
/// any other name is looked up as ever. It takes the place of the C library's getaddrinfo().
namespace names {

/// What the next look-ups of a name end with.
struct Trouble {
    int error = 0;                    ///< of getaddrinfo(), such as EAI_AGAIN; 0: none
    std::uint16_t port = 0;           ///< the address has this port instead of the one that was asked for
    int times = 1;                    ///< so often; negative: always
    std::chrono::seconds lasting{0};  ///< and for so long from now on; 0: for ever
};

/// From now on look-ups of `host` end so.
void trouble(const std::string& host, Trouble trouble);
/// All is well again, and nothing is counted.
void reset();
/// How many look-ups have ended in trouble since.
std::size_t troubled();

}  // namespace names

}  // namespace pr_image::faults
