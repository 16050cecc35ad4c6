// Boost 1.81 uses this header without including it.
#include <boost/asio/detail/throw_error.hpp>

#include <boost/process/v2/src.hpp>
