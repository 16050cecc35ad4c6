#pragma once

#include "fakes/results_service.hpp"
#include "fakes/run_coroutine.hpp"
#include "github/artifacts/results_service.hpp"
#include "http/client.hpp"
#include "text/artifact_name.hpp"
#include "unit/folder.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <utility>
#include <vector>

namespace pr_image::test {

/// The Results service's stand-in and a client of it, over a real connection.
struct Fixture {
    fakes::ResultsService fake{};
    boost::asio::io_context context{};
    http::Client client{context.get_executor(), {}};
    Folder folder{};
    std::vector<std::string> masked{};

    github::artifacts::ResultsService service(const fakes::RunToken& run = {}) {
        auto opened = github::artifacts::ResultsService::open(
            client, fake.url(), fakes::ResultsService::token(run),
            [this](std::string_view secret) { masked.emplace_back(secret); });
        github::artifacts::ResultsService result = opened.value();
        result.set_retry(quick());
        return result;
    }

    /// As often as in earnest, without the waiting.
    static http::RetryPolicy quick() {
        return {.attempts = 4,
                .first_delay = std::chrono::milliseconds(2),
                .max_delay = std::chrono::milliseconds(4),
                .deadline = std::chrono::seconds(30),
                .any_method = true};
    }

    template <typename T>
    T run(boost::asio::awaitable<T> coroutine) {
        return fakes::run_coroutine(context, std::move(coroutine));
    }

    static ArtifactName name(std::string_view text = "image.tar") {
        return ArtifactName::parse(text).value();
    }
};

/// Bytes that no two places share, so that a swap of two blocks shows.
inline std::string sample(std::size_t size) {
    std::string bytes;
    bytes.reserve(size);
    std::uint64_t state = 0x9E3779B97F4A7C15U;
    while (bytes.size() < size) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        bytes += static_cast<char>(state >> 56U);
    }
    return bytes;
}

}  // namespace pr_image::test
