#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "docker/image_archive.hpp"
#include "plan/handover/pull.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace pr_image::commands {

/// Takes an image out of an archive; says whether it is the one that the plan wants: one of its names, its
/// commit, its digest where the plan has one, and the platform (`os/architecture`; empty: any).
Result<void> verify_image(const docker::ImageContent& image, const plan::PullPlan& plan,
                          const std::string& platform);

/// Downloads the run's artifact that the plan wants, raw or in a zip, into a private folder below runner.temp
/// and proves it there: neither the engine nor a file of another name has seen a byte of it when this ends.
/// Errors: no service, no such artifact, wrong bytes, an archive that is not one image (see
/// docker::ImageArchiveReader), another name, commit, digest or platform; no room on the disk.
boost::asio::awaitable<Result<docker::VerifiedImage>> download_image(Session& session,
                                                                     const plan::PullPlan& plan,
                                                                     const Looks& looks);

}  // namespace pr_image::commands
