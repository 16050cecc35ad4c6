#include "fuzz/target.hpp"
#include "process/read_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace pr_image::fuzz {
namespace {

std::vector<std::string> seeds_of(std::string_view target) {
    std::vector<std::string> seeds;
    std::error_code missing;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(PR_IMAGE_FUZZ_SEEDS) / target, missing)) {
        const auto content = process::read_file(entry.path(), 1 << 20);
        REQUIRE(content);
        REQUIRE(*content);
        seeds.push_back(**content);
    }
    return seeds;
}

TEST_CASE("every fuzz target keeps its invariants on its seeds, on parts of them, and on nothing") {
    CHECK(targets().size() >= 12);
    for (const Target& target : targets()) {
        const std::vector<std::string> seeds = seeds_of(target.name);
        INFO(target.name);
        CHECK_FALSE(seeds.empty());
        target.try_input("");
        for (const std::string& seed : seeds) {
            target.try_input(seed);
            const std::size_t step = std::max<std::size_t>(1, seed.size() / 16);
            for (std::size_t size = 0; size < seed.size(); size += step)
                target.try_input(std::string_view(seed).substr(0, size));
        }
    }
}

}  // namespace
}  // namespace pr_image::fuzz
