#include "commands/pull/download_image.hpp"

#include "commands/artifacts.hpp"
#include "github/artifacts/download.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
namespace artifacts = github::artifacts;
using text::fail;

Result<void> verify_image(const docker::ImageContent& image, const plan::PullPlan& plan,
                          const std::string& platform) {
    if (image.names.empty()) return fail("Image archive refused", "its image has no name");
    TRY(plan::verify_platform(fmt::format("{}/{}", image.os, image.architecture), platform));
    TRY(plan::verify_commit(image.labels, plan));
    const std::optional<Digest>& wanted = plan.reference.digest();
    if (wanted && *wanted != image.target.digest) {
        return fail(
            "Another image",
            fmt::format("it is {}, but this job wants {}", image.target.digest.string(), wanted->string()),
            "Give input ref a tag to take what the build job has stored.");
    }
    return {};
}

asio::awaitable<Result<docker::VerifiedImage>> download_image(Session& session, const plan::PullPlan& plan,
                                                              const Looks& looks) {
    const std::string platform = looks.facts.engine ? looks.facts.engine->platform : std::string();
    const std::string& temp_directory = session.runtime.temp_directory;
    CO_TRY_ASSIGN(artifacts::StoredArtifact stored, co_await find_artifact(session, plan));
    CO_TRY_ASSIGN(docker::ImageArchiveReader reader,
                  docker::ImageArchiveReader::create(plan.built, temp_directory));
    artifacts::FileSink sink{.begin = [&reader](std::uint64_t size) { return reader.expect(size); },
                             .write = [&reader](std::string_view bytes) { return reader.update(bytes); }};
    CO_TRY(
        co_await artifacts::download(session.http, std::move(stored), std::move(sink), reader.scratch(), {}));
    CO_TRY_ASSIGN(docker::VerifiedImage image, std::move(reader).finish());
    CO_TRY(verify_image(image.content(), plan, platform));
    co_return image;
}

}  // namespace pr_image::commands
