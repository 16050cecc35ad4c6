#include "process/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace pr_image::process {

void forbid_core_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // A limit of 0 does not hold for a core pattern that begins with `|`.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace pr_image::process
