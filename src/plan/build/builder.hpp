#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/grants.hpp"
#include "text/error.hpp"

#include <string>
#include <vector>

namespace pr_image::plan {

/// What a build asks of its builder.
struct BuilderNeeds {
    bool several_platforms = false;
    bool cache_export = false;
    bool cache_service = false;  ///< GitHub's cache is read
    bool several_outputs = false;
    bool oci_output = false;
    bool attestations = false;
    bool loopback_registry = false;  ///< a registry on this machine's own loopback address
};

/// Gives the builder: the one that input `builder` names; else the driver that
/// `driver` names; else one of input `nodes`, reached as remote BuildKits or as
/// docker-container's engines by their addresses; else the engine's own (docker
/// driver) when it can do all that is needed, otherwise a docker-container
/// builder under a stable name, so that later steps attach to it. An Error says
/// what the wanted driver cannot do here. Without containerd's image store the
/// docker driver has one platform, one output, no cache export and no importer
/// for GitHub's cache (moby's newGraphDriverController). What is not granted is
/// left out with a warning: driver options, a configuration out of the
/// checkout, the host's network. BuildKit runs its steps in the network of its
/// own container.
Result<Builder> choose_builder(const BuilderInputs& inputs, const Grants& grants, const BuilderNeeds& needs,
                               const Facts& facts, std::vector<Warning>& warnings);

/// Gives the platforms that no node of the builder is for; none where it has no
/// nodes.
std::vector<std::string> platforms_without_node(const Builder& builder,
                                                const std::vector<std::string>& platforms);

}  // namespace pr_image::plan
