#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pr_image::fakes {

/// A certificate and its private key, both PEM.
struct Identity {
    std::string certificate;
    std::string key;
};

/// A certificate authority that nobody trusts yet.
class TestCa {
  public:
    TestCa();
    ~TestCa();

    /// Its own certificate, PEM: what SSL_CERT_FILE has to hold.
    [[nodiscard]] std::string certificate() const;

    /// Gives a server certificate for these DNS names and addresses, valid for a day from `begin` on, which
    /// is counted from now.
    [[nodiscard]] Identity issue(const std::vector<std::string>& names,
                                 std::chrono::seconds begin = std::chrono::hours(-1)) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pr_image::fakes
