#pragma once

#include "docker/progress_log.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::test {

/// The lines of a stream that a real buildx 0.29.1 wrote.
inline std::vector<std::string> sample(const std::string& name) {
    const std::filesystem::path path =
        std::filesystem::path(__FILE__).parent_path() / "data" / (name + ".rawjson");
    std::ifstream file(path);
    if (!file) std::abort();
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

/// A log with what it showed.
struct Shown {
    std::vector<std::string> lines;
    docker::ProgressLog log{[this](std::string_view line) { lines.emplace_back(line); }};

    void add(std::string_view line) { log.add({line, false}); }
    [[nodiscard]] bool has(std::string_view wanted) const {
        for (const std::string& line : lines) {
            if (line == wanted) return true;
        }
        return false;
    }
    [[nodiscard]] std::string joined() const {
        std::string all;
        for (const std::string& line : lines)
            all += line + "\n";
        return all;
    }
};

}  // namespace pr_image::test
