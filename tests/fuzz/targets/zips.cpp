#include "fuzz/memory_file.hpp"
#include "fuzz/target.hpp"
#include "github/artifacts/single_file_zip.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>

namespace pr_image::fuzz {
namespace {

// What is unpacked is what was announced, and no small archive gives much.
void try_zips(std::string_view input) {
    const MemoryFile file(input);
    std::optional<std::uint64_t> announced;
    std::uint64_t written = 0;
    const github::artifacts::FileSink sink{.begin = [&](std::uint64_t size) -> Result<void> {
                                               require(!announced);
                                               announced = size;
                                               if (size > 1 << 22)
                                                   return text::fail("Too large", "for a test");
                                               return {};
                                           },
                                           .write = [&](std::string_view piece) -> Result<void> {
                                               require(announced && !piece.empty());
                                               written += piece.size();
                                               require(written <= *announced);
                                               return {};
                                           }};
    boost::asio::io_context context(1);
    bool unpacked = false;
    boost::asio::co_spawn(context, github::artifacts::unzip_single_file(file.path(), sink),
                          [&](const std::exception_ptr& thrown, const Result<void>& result) {
                              require(!thrown);
                              unpacked = result.has_value();
                          });
    context.run();
    if (unpacked) require(announced == written);
}

const Registered zips("zips", try_zips);

}  // namespace
}  // namespace pr_image::fuzz
