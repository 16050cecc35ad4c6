#pragma once

#include <memory>
#include <string>

namespace pr_image::fakes {

/// Stands in front of a server on a Unix socket and hands every byte on, until it is told to behave as if the
/// server had been restarted. Runs on a thread of its own.
class SocketRelay {
  public:
    /// Listens at `path`; the server is at `server`.
    SocketRelay(const std::string& path, const std::string& server);
    ~SocketRelay();
    SocketRelay(const SocketRelay&) = delete;
    SocketRelay& operator=(const SocketRelay&) = delete;

    /// Ends every connection, and takes the next ones again.
    void restart();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pr_image::fakes
