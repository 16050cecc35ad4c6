#pragma once

#include "fakes/run_coroutine.hpp"
#include "http/client.hpp"

#include <boost/asio/io_context.hpp>

#include <utility>

namespace pr_image::http {

/// One exchange by a client of its own, which knows no proxy.
inline Outcome<Response> send(Request request) {
    boost::asio::io_context context;
    Client client(context.get_executor(), {});
    return fakes::run_coroutine(context, client.exchange(std::move(request)));
}

}  // namespace pr_image::http
