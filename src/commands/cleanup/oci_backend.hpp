#pragma once

#include "commands/cleanup/backend.hpp"
#include "commands/cleanup/contents.hpp"
#include "registry/client.hpp"
#include "text/digest.hpp"
#include "text/reference.hpp"

#include <map>
#include <string>
#include <vector>

namespace pr_image::commands::cleanup {

/// Any registry that keeps to the OCI distribution spec and allows deletion. Only what has a tag can be
/// listed there; what an image consists of is known from its manifests.
class OciBackend final : public Backend {
  public:
    struct Options {
        ImageName image;
        registry::Access access = registry::Access::push;
        std::size_t at_once = 32;
    };

    OciBackend(registry::Client client, ManifestCache& cache, Options options);

    [[nodiscard]] plan::cleanup::Traits traits() const override { return {}; }
    boost::asio::awaitable<Outcome<plan::cleanup::Inventory>> list() override;
    boost::asio::awaitable<Outcome<plan::cleanup::Inventory>> newest() override;
    boost::asio::awaitable<Outcome<void>> read(plan::cleanup::Inventory& inventory,
                                               plan::cleanup::Needs needs) override;
    boost::asio::awaitable<Outcome<void>> look(plan::cleanup::Inventory& inventory,
                                               std::vector<plan::cleanup::NodeId> nodes) override;
    boost::asio::awaitable<plan::cleanup::Outcome> publish(plan::cleanup::Journal journal) override;
    boost::asio::awaitable<plan::cleanup::Outcome> untag(
        std::string tag, std::optional<plan::cleanup::Journal> journal) override;
    boost::asio::awaitable<plan::cleanup::Outcome> remove(std::uint64_t version_id, Digest digest) override;
    boost::asio::awaitable<std::size_t> room() override;
    [[nodiscard]] std::size_t budget() const override { return SIZE_MAX; }
    [[nodiscard]] std::string restore_command(std::uint64_t version_id) const override;
    [[nodiscard]] std::string how_to_allow_deletion() const override;

  private:
    using TagsByDigest = std::map<Digest, std::vector<std::string>>;

    boost::asio::awaitable<Outcome<TagsByDigest>> list_tags();
    boost::asio::awaitable<bool> has_referrers_api(Digest digest);
    boost::asio::awaitable<plan::cleanup::Outcome> send_delete(std::string reference);
    boost::asio::awaitable<plan::cleanup::Outcome> verify_absence(Reference reference, std::string words);

    registry::Client client_;
    Options options_;
    Contents contents_;
};

}  // namespace pr_image::commands::cleanup
