// Boost 1.81 uses this header without including it.
#include <boost/asio/detail/throw_error.hpp>

// Not <boost/process/v2/src.hpp>: its search of PATH would need Boost.Filesystem.
#define BOOST_PROCESS_V2_SOURCE
#include <boost/process/v2/detail/impl/last_error.ipp>
#include <boost/process/v2/detail/impl/throw_error.ipp>
#include <boost/process/v2/impl/error.ipp>
