#pragma once

#include "fakes/fault.hpp"
#include "fakes/test_ca.hpp"
#include "faults/name_service.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pr_image::faults {

/// What a trouble has in common with others when it comes to what a phase makes of it.
enum class Family {
    passing,       ///< another attempt may end otherwise: the network's, and the server's own
    gone,          ///< nobody is there, whatever is asked for
    silence,       ///< no answer comes
    limited,       ///< 429
    unheard,       ///< done, but the answer does not arrive
    cut_body,      ///< as `unheard`, where the answer has a body
    untrusted,     ///< somebody else is there, whatever is asked for
    wrong_length,  ///< what comes is not what was announced
    wrong_body,    ///< the answer is well-formed and says nothing of use
    unauthorized,  ///< 401
    forbidden,     ///< 403
};

/// Something that goes wrong with a request.
struct Trouble {
    std::string name;
    Family family = Family::passing;
    fakes::Fault fault{};                   ///< what the request meets
    std::optional<names::Trouble> after{};  ///< what the connections meet that are opened after that
};

/// Every trouble of the matrix.
const std::vector<Trouble>& troubles();

/// Who signs the servers of this program, and a server certificate for the names in `.test` that they have.
const fakes::TestCa& authority();
const fakes::Identity& identity();

}  // namespace pr_image::faults
