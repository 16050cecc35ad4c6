#include "fuzz/target.hpp"

#include <cstddef>
#include <cstdint>

// libFuzzer's entry: a fuzzing program holds one target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pr_image::fuzz::targets().front().try_input({reinterpret_cast<const char*>(data), size});
    return 0;
}
