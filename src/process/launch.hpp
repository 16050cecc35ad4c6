#pragma once

#include "text/error.hpp"

#include <boost/asio/any_io_executor.hpp>
// Boost 1.81's launcher uses this header without including it.
#include <boost/asio/detail/throw_error.hpp>
#include <boost/process/v2/process.hpp>

#include <string>
#include <vector>

namespace pr_image::process {

/// The descriptors that become a program's standard streams.
struct StandardStreams {
    int input = -1;
    int output = -1;
    int error = -1;
};

/// Starts argv[0] with exactly this environment and these streams, in a process group of its own, with the
/// signals as they are by default, to be killed when this process dies. `directory` may be empty. An Error
/// says what the operating system said.
Result<boost::process::v2::process> launch(const boost::asio::any_io_executor& executor,
                                           const std::vector<std::string>& argv,
                                           const std::vector<std::string>& environment,
                                           const std::string& directory, StandardStreams streams);

}  // namespace pr_image::process
