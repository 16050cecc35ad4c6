#include "support/made_folders.hpp"

#include <algorithm>
#include <dlfcn.h>
#include <mutex>
#include <system_error>

namespace pr_image::support {

namespace {

struct Made {
    std::mutex mutex;
    std::vector<std::filesystem::path> folders;
};

Made& made() {
    static Made& all = *new Made;
    return all;
}

}  // namespace

std::vector<std::filesystem::path> made_folders() {
    const std::lock_guard lock(made().mutex);
    std::erase_if(made().folders, [](const std::filesystem::path& folder) {
        std::error_code ignored;
        return !std::filesystem::exists(folder, ignored);
    });
    return made().folders;
}

}  // namespace pr_image::support

// The C library's header has this name already, without this program's hidden visibility.
extern "C" __attribute__((visibility("default"))) char* mkdtemp(char* name) noexcept {
    using namespace pr_image::support;
    static auto* const real = reinterpret_cast<char* (*)(char*)>(::dlsym(RTLD_NEXT, "mkdtemp"));
    char* const folder = real(name);
    if (folder != nullptr) {
        const std::lock_guard lock(made().mutex);
        made().folders.emplace_back(folder);
    }
    return folder;
}
