#pragma once

#include "fakes/http_server.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::fakes {

/// Something that goes wrong with requests that fit.
struct Fault {
    enum class Kind {
        status,           ///< the answer is `status`, and nothing was done
        lost_request,     ///< not done: the connection ends without an answer
        cut_request,      ///< the connection ends while the request's body is sent
        cut_answer,       ///< done, but the connection ends after `bytes` bytes of the answer
        lost_answer,      ///< done, but the connection ends without an answer
        hang,             ///< no answer ever
        delay,            ///< the answer comes after `delay`, or as much later as `until` wants
        corrupt,          ///< one byte of the answer's body is another
        cut_body,         ///< done, but the connection ends in the middle of the answer's body
        wrong_length,     ///< done, but Content-Length is half of the body's; of no body: more than comes
        wrong_body,       ///< done, but the answer's body is `body`
        garbage,          ///< not done: what comes back is not HTTP
        expired_address,  ///< the store says that the address is no longer good
        ignore_range,     ///< the store gives everything, whatever range was asked for
    };
    Kind kind = Kind::status;
    std::string method{};  ///< of HTTP; empty fits all
    std::string target{};  ///< is somewhere in path or query; empty fits all
    int skip = 0;          ///< let so many pass first
    int times = 1;         ///< then do it so often; negative: always
    int status = 503;
    std::size_t bytes = 1000;
    std::chrono::milliseconds delay{200};
    std::function<bool()> until{};                      ///< with `delay`: asked until it says yes
    std::string retry_after{};                          ///< with `status`
    std::string challenge{};                            ///< WWW-Authenticate, with `status`
    std::string body = "the fault that was asked for";  ///< with `status` and `wrong_body`
    std::function<void()> also{};                       ///< called each time, on the server's thread
};

/// The faults of one server. For several threads.
class Faults {
  public:
    void add(Fault fault);
    void clear();

    /// How many were done to somebody so far.
    [[nodiscard]] std::size_t injected() const;

    /// For ServerOptions::accept_body: false when the request is to be cut in its body.
    bool accept_body(const Seen& head);

    /// Answers with `route`, or as the first fault wants that fits.
    Reply answer(Seen& request, const std::function<Reply(Seen&)>& route);

  private:
    std::optional<Fault> take(const Seen& request, bool cuts_request);

    mutable std::mutex mutex_;
    std::vector<Fault> faults_;
    std::size_t injected_ = 0;
};

}  // namespace pr_image::fakes
