#pragma once

#include "fakes/run_coroutine.hpp"
#include "http/client.hpp"
#include "registry/client.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <utility>

namespace pr_image::registry {

/// A registry client with an io_context of its own, for one test.
struct World {
    boost::asio::io_context context;
    Client client;

    explicit World(ClientOptions options = {}, http::ClientOptions transport = {})
        : client(http::Client(context.get_executor(), std::move(transport)), patient(std::move(options))) {}

    template <typename T>
    T run(boost::asio::awaitable<T> coroutine) {
        return fakes::run_coroutine(context, std::move(coroutine));
    }

  private:
    static ClientOptions patient(ClientOptions options) {
        options.retry.first_delay = std::chrono::milliseconds(1);
        options.retry.max_delay = std::chrono::milliseconds(2);
        return options;
    }
};

}  // namespace pr_image::registry
