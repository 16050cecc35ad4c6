#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::e2e {

/// The Docker Engine that tests/engine/with-engine gives, asked through its CLI. Throws std::runtime_error
/// where there is none.
class Engine {
  public:
    /// Reads with-engine's variables.
    Engine();

    /// Path of the engine's socket, as the engine's host sees it: what a container gets mounted.
    [[nodiscard]] const std::string& socket() const { return socket_; }
    /// The action's image in the engine.
    [[nodiscard]] const std::string& action_image() const { return action_image_; }
    /// Where a container on the default bridge reaches this machine.
    [[nodiscard]] const std::string& host_address() const { return host_address_; }
    /// The engine's certs.d, where a test can write to it.
    [[nodiscard]] const std::optional<std::filesystem::path>& certificates() const { return certificates_; }

    [[nodiscard]] bool has_image(const std::string& name) const;
    /// What the engine calls the image by.
    [[nodiscard]] std::string image_id(const std::string& image) const;
    [[nodiscard]] std::map<std::string, std::string> labels(const std::string& image) const;
    /// The names (`repository:tag`) of all images whose repository starts with `prefix`.
    [[nodiscard]] std::vector<std::string> images(const std::string& prefix) const;
    /// The content of one file of an image, which need not be able to run anything.
    [[nodiscard]] std::string read_file(const std::string& image, const std::string& path) const;
    void remove_image(const std::string& name) const;
    /// The id of a container, running or not, or nothing when there is none of that name.
    [[nodiscard]] std::optional<std::string> container_id(const std::string& name) const;
    [[nodiscard]] bool has_volume(const std::string& name) const;

  private:
    std::string socket_;
    std::string action_image_;
    std::string host_address_;
    std::optional<std::filesystem::path> certificates_;
};

}  // namespace pr_image::e2e
