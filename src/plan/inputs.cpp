#include "plan/inputs.hpp"

namespace pr_image::plan {

std::string_view to_string(Driver driver) {
    switch (driver) {
        case Driver::automatic:
            return "auto";
        case Driver::docker:
            return "docker";
        case Driver::docker_container:
            return "docker-container";
        case Driver::remote:
            return "remote";
        case Driver::kubernetes:
            return "kubernetes";
    }
    return "auto";
}

}  // namespace pr_image::plan
