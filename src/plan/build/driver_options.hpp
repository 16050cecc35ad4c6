#pragma once

#include "text/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// One option of a builder's driver, as `docker buildx create --driver-opt` takes it.
struct DriverOption {
    std::string key;
    std::string value;

    /// The option as buildx gets it.
    [[nodiscard]] std::string text() const;
    bool operator==(const DriverOption&) const = default;
};

/// Takes the entries of input `driver-opts`, each of which may hold several options; gives each key once,
/// with its last value, where it stood first. Errors: a quote that buildx refuses, what is not key=value, an
/// option that none of buildx's drivers has, a value that its driver refuses. Rules: buildx's
/// builder/builder.go (csvToMap) and driver/*/factory.go.
Result<std::vector<DriverOption>> parse_driver_options(const std::vector<std::string>& entries);

/// Takes the options of a builder whose driver ("docker-container", "remote", "kubernetes") is known, and the
/// input that they come from; an Error names the option that this driver does not have.
Result<void> check_driver_options(const std::vector<DriverOption>& options, std::string_view driver,
                                  std::string_view input);

/// Gives the last value of a key.
std::optional<std::string_view> driver_option(const std::vector<DriverOption>& options, std::string_view key);

/// True when the options put the builder into the machine's own network, or into another container's.
bool joins_host_network(const std::vector<DriverOption>& options);

}  // namespace pr_image::plan
