#include "support/files.hpp"

#include <array>
#include <cstddef>
#include <fstream>
#include <stdexcept>

namespace pr_image::support {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    // Not by istreambuf_iterator: it throws when a file that could be opened cannot be read.
    for (std::array<char, 65536> part{}; file.read(part.data(), part.size()) || file.gcount() > 0;)
        bytes.append(part.data(), static_cast<std::size_t>(file.gcount()));
    return bytes;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file) throw std::runtime_error("could not write " + path.string());
}

}  // namespace pr_image::support
