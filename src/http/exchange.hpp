#pragma once

#include "http/connection.hpp"
#include "http/deadline.hpp"
#include "http/failure.hpp"
#include "http/message.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::http {

/// How far one exchange came: what says whether it may be tried again.
struct Progress {
    bool answered = false;     ///< at least one byte of a response is there
    bool source_used = false;  ///< the request's source gave bytes
    bool sink_used = false;    ///< the sink has seen the response
    bool reusable = false;     ///< the response is read to its end and the connection stays open
};

/// Sends `request` on `connection`, which is open along `route`, and reads the response to its end: one
/// request, one response, no redirects. Errors: timeouts, a connection or body that ends early, headers or
/// body beyond the request's limits, the source's and the sink's own. The references outlive the coroutine.
boost::asio::awaitable<Outcome<Response>> exchange(Connection& connection, const Request& request,
                                                   const Route& route, Deadline deadline, Progress& progress);

}  // namespace pr_image::http
