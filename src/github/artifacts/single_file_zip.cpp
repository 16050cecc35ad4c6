#include "github/artifacts/single_file_zip.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <minizip/unzip.h>
#include <utility>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;
using text::printable;

constexpr std::uint64_t kMostExpansion = 200;
constexpr std::uint64_t kAlwaysAllowed = 64 * 1024 * 1024;
constexpr unsigned long kMostEntries = 1000;

std::unexpected<Error> refuse(std::string why, std::string fix = {}) {
    return text::fail("The artifact's zip is refused", std::move(why), std::move(fix));
}

struct Close {
    void operator()(void* zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<void, Close>;

struct Entry {
    std::string name;
    unz_file_info64 info{};

    [[nodiscard]] bool is_folder() const { return name.ends_with('/'); }

    // Unix file types are in the upper half of the external attributes when "made by" says Unix.
    [[nodiscard]] bool is_special() const {
        constexpr unsigned long unix_host = 3;
        const unsigned long type = (info.external_fa >> 16U) & 0170000U;
        return (info.version >> 8U) == unix_host && type != 0 && type != 0100000U && type != 0040000U;
    }
};

Result<Entry> current_entry(void* zip) {
    Entry entry;
    std::array<char, 1024> name{};
    if (unzGetCurrentFileInfo64(zip, &entry.info, name.data(), name.size(), nullptr, 0, nullptr, 0) !=
            UNZ_OK ||
        entry.info.size_filename >= name.size()) {
        return refuse("its list of files is damaged");
    }
    entry.name.assign(name.data(), entry.info.size_filename);
    return entry;
}

bool leads_out(std::string_view name) {
    if (name.starts_with('/') || name.find('\\') != std::string_view::npos ||
        name.find('\0') != std::string_view::npos) {
        return true;
    }
    const auto parts = text::split(name, '/');
    return std::ranges::find(parts, "..") != parts.end();
}

Result<void> check(const Entry& entry) {
    if (leads_out(entry.name)) {
        return refuse(
            fmt::format("its entry '{}' has a name that leads out of its folder", printable(entry.name)));
    }
    if (entry.is_special()) {
        return refuse(fmt::format("its entry '{}' is a link or another special file", printable(entry.name)));
    }
    if ((entry.info.flag & 1U) != 0) return refuse("it is encrypted");
    constexpr unsigned long stored = 0;
    constexpr unsigned long deflated = 8;
    if (entry.info.compression_method != stored && entry.info.compression_method != deflated) {
        return refuse(fmt::format("its compression method {} is not one that artifacts use",
                                  entry.info.compression_method));
    }
    if (entry.info.uncompressed_size > kAlwaysAllowed &&
        entry.info.uncompressed_size / kMostExpansion > entry.info.compressed_size) {
        return refuse(fmt::format("its file '{}' would grow from {} to {} bytes: more than any image does",
                                  printable(entry.name), entry.info.compressed_size,
                                  entry.info.uncompressed_size));
    }
    return {};
}

// Goes through all entries; leaves the one file as the current one.
Result<Entry> find_single_file(void* zip) {
    Result<Entry> file = refuse("there is no file in it");
    unz64_file_pos position{};
    unsigned long entries = 0;
    // Older versions of minizip do not even open such an archive.
    unz_global_info64 all{};
    if (unzGetGlobalInfo64(zip, &all) == UNZ_OK && all.number_entry == 0) return file;
    for (int code = unzGoToFirstFile(zip); code != UNZ_END_OF_LIST_OF_FILE; code = unzGoToNextFile(zip)) {
        if (code != UNZ_OK || ++entries > kMostEntries)
            return refuse("its list of files is damaged or too long");
        Result<Entry> entry = current_entry(zip);
        if (!entry) return entry;
        TRY(check(*entry));
        if (entry->is_folder()) continue;
        if (file) {
            return refuse(fmt::format("it holds more than one file: '{}', '{}'", printable(file->name),
                                      printable(entry->name)),
                          "Upload the image's tar alone.");
        }
        file = std::move(entry);
        if (unzGetFilePos64(zip, &position) != UNZ_OK) return refuse("its list of files is damaged");
    }
    if (file && unzGoToFilePos64(zip, &position) != UNZ_OK) return refuse("its list of files is damaged");
    return file;
}

}  // namespace

asio::awaitable<Result<void>> unzip_single_file(std::string zip_path, FileSink sink) {
    const auto executor = co_await asio::this_coro::executor;
    const Zip zip(unzOpen64(zip_path.c_str()));
    if (!zip) co_return refuse("it is no zip archive with a file in it");
    CO_TRY_ASSIGN(const Entry entry, find_single_file(zip.get()));
    if (unzOpenCurrentFile(zip.get()) != UNZ_OK) co_return refuse("its file cannot be read");
    if (Result<void> begun = sink.begin(entry.info.uncompressed_size); !begun) co_return begun;

    std::string buffer(1024 * 1024, '\0');
    std::uint64_t total = 0;
    while (true) {
        const int got =
            unzReadCurrentFile(zip.get(), buffer.data(), static_cast<unsigned int>(buffer.size()));
        if (got < 0) co_return refuse("its compressed data is damaged");
        if (got == 0) break;
        total += static_cast<std::uint64_t>(got);
        if (total > entry.info.uncompressed_size) co_return refuse("its file is larger than it says");
        Result<void> written = sink.write(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
        if (!written) co_return written;
        co_await asio::post(executor, asio::use_awaitable);
    }
    if (total != entry.info.uncompressed_size) co_return refuse("its file is shorter than it says");
    if (unzCloseCurrentFile(zip.get()) != UNZ_OK) co_return refuse("its file's checksum is wrong");
    co_return Result<void>{};
}

}  // namespace pr_image::github::artifacts
