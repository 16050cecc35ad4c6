#pragma once

#include "fakes/run_coroutine.hpp"
#include "github/api.hpp"
#include "http/client.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace pr_image::github {

/// An event loop and a client of GitHub's API that does not wait long.
struct World {
    boost::asio::io_context context{};
    http::Client client{context.get_executor(), http::ClientOptions{}};

    [[nodiscard]] Api api(std::string url, std::string token = "ghs_good",
                          std::chrono::milliseconds patience = std::chrono::seconds(2)) const {
        return {client, ApiOptions{.url = std::move(url),
                                   .token = std::move(token),
                                   .patience = patience,
                                   .first_delay = std::chrono::milliseconds(5)}};
    }
    template <typename T>
    T run(boost::asio::awaitable<T> coroutine) {
        return fakes::run_coroutine(context, std::move(coroutine));
    }
};

}  // namespace pr_image::github
