#pragma once

#include <string>

namespace pr_image::e2e {

/// Takes what a step has shown: it is printed when the test case that is running turns out to have failed.
void keep_log(std::string log);

}  // namespace pr_image::e2e
