#pragma once

#include "docker/buildx.hpp"
#include "plan/plan.hpp"
#include "process/interruption.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pr_image::docker {

/// Takes the folder of builders_folder() and a builder's name; gives the driver that its record there names
/// ("docker-container"), or nothing when there is no such record or it cannot be read. The engine's own
/// builder, `default`, has none (docker/buildx, `store`: `instances/NAME` is JSON).
std::optional<std::string> recorded_driver(const std::string& builders_folder, const std::string& name);

/// Gives the argument vectors that make the plan's builder, one after the other: one, or one for each of its
/// nodes.
std::vector<std::vector<std::string>> create_argvs(const plan::Builder& builder,
                                                   const std::vector<std::string>& program);

/// Takes what `buildx inspect` prints; gives the driver it names, or nothing.
std::optional<std::string> inspected_driver(std::string_view printed);

/// Takes what `buildx inspect` prints; gives the platforms of all its nodes.
std::vector<std::string> inspected_platforms(std::string_view printed);

/// Starts the builder where it does not run yet, and asks which platforms it runs, emulated ones included. An
/// Error quotes what buildx says.
boost::asio::awaitable<Result<std::vector<std::string>>> builder_platforms(
    Buildx buildx, std::vector<std::string> environment, std::string name,
    process::Interruption* interruption);

/// Asks for the driver of a builder that must exist: its record first, then `buildx inspect NAME`, which also
/// knows docker contexts. An Error says that there is no such builder.
boost::asio::awaitable<Result<std::string>> builder_driver(Buildx buildx,
                                                           std::vector<std::string> environment,
                                                           std::string builders_folder, std::string name);

/// Removes a builder and its container; its cache goes with it. An Error quotes what buildx says.
boost::asio::awaitable<Result<void>> remove_builder(std::string name, Buildx buildx,
                                                    std::vector<std::string> environment,
                                                    process::Interruption* interruption);

/// Makes the plan's builder where it has to be made: not the engine's own, not one that the user says is
/// there, not one whose record is there already. A docker-container builder boots, or attaches to the
/// container of that name, when the build starts. A builder of several nodes is there whole or not at all. An
/// Error quotes what buildx says.
boost::asio::awaitable<Result<void>> ensure_builder(plan::Builder builder, Buildx buildx,
                                                    std::vector<std::string> environment,
                                                    std::string builders_folder,
                                                    process::Interruption* interruption);

}  // namespace pr_image::docker
