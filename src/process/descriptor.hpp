#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace pr_image::process {

/// A descriptor that is closed with its owner.
class Descriptor {
  public:
    Descriptor() = default;
    /// Takes a descriptor and moves it out of the way of the standard streams, which this process may have
    /// been started without.
    explicit Descriptor(int value) : value_(value) {
        if (value_ < 0 || value_ > STDERR_FILENO) return;
        value_ = ::fcntl(value, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        ::close(value);
    }
    Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }

  private:
    int value_ = -1;
};

}  // namespace pr_image::process
