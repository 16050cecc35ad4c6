#include "docker/build.hpp"

#include "process/read_file.hpp"
#include "process/subprocess.hpp"

#include <filesystem>
#include <utility>

namespace pr_image::docker {
namespace {

// A status names every step at once when a build begins, and a warning quotes the whole Dockerfile.
constexpr std::size_t kLongestStatus = std::size_t{8} << 20U;
constexpr std::size_t kLargestMetadata = std::size_t{16} << 20U;

Result<BuildMetadata> read_metadata(const std::string& path) {
    const auto file = process::read_file(path, kLargestMetadata);
    if (!file) return std::unexpected(file.error());
    const std::optional<std::string>& content = *file;
    if (!content) return BuildMetadata{};
    return parse_build_metadata(*content);
}

}  // namespace

boost::asio::awaitable<Result<BuildResult>> run_build(BuildCommand command, LineSink sink,
                                                      process::Interruption* interruption) {
    ProgressLog progress(std::move(sink));
    process::Command buildx;
    buildx.argv = std::move(command.argv);
    buildx.environment = std::move(command.environment);
    buildx.directory = std::move(command.directory);
    buildx.line_limit = kLongestStatus;
    buildx.on_stderr = [&progress](const process::Line& line) { progress.add(line); };
    const Result<process::ExitStatus> exit = co_await process::run(std::move(buildx), interruption);
    if (!exit) co_return std::unexpected(exit.error());
    progress.finish();

    BuildResult result{.exit = *exit,
                       .failure = {},
                       .metadata = {},
                       .checks = progress.warnings(),
                       .unwritten_caches = progress.unwritten_caches(),
                       .steps = progress.count()};
    if (!exit->ok()) {
        result.failure = progress.failure();
        if (interruption != nullptr && interruption->signal())
            result.failure->kind = FailureKind::interrupted;
        if (result.failure->reason.empty()) result.failure->reason = process::to_string(*exit);
    }
    Result<BuildMetadata> metadata = read_metadata(command.metadata_file);
    if (metadata) {
        result.metadata = *std::move(metadata);
    } else if (exit->ok()) {
        co_return std::unexpected(std::move(metadata.error()));
    }
    co_return result;
}

std::string dockerfile_path(std::string_view reported, const plan::BuildRequest& request,
                            const std::string& workspace) {
    namespace fs = std::filesystem;
    const fs::path file =
        request.file.empty() ? fs::path(request.context) / "Dockerfile" : fs::path(request.file);
    if (!file.is_absolute() || file.filename() != reported) return {};
    std::string relative = file.lexically_relative(workspace).generic_string();
    if (relative.empty() || relative.starts_with("..") ||
        relative != text::printable(relative, relative.size())) {
        return {};
    }
    return relative;
}

}  // namespace pr_image::docker
