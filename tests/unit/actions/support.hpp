#pragma once

#include "actions/environment.hpp"

#include <utility>

namespace pr_image::test {

inline actions::Environment environment(actions::Environment::Variables variables) {
    return actions::Environment(std::move(variables));
}

}  // namespace pr_image::test
