#pragma once

#include "fakes/http_server.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

/// Azure block blobs behind signed addresses, as far as GitHub's services use them. Rules: Azure Storage
/// REST, "Put Blob", "Put Block", "Put Block List", "Get Blob", "Create a service SAS". Not for several
/// threads.
class BlobStore {
  public:
    explicit BlobStore(std::string key) : key_(std::move(key)) {}

    using Blocks = std::map<std::string, std::shared_ptr<const std::string>>;  ///< by id

    /// A blob that is complete.
    struct Blob {
        std::vector<std::shared_ptr<const std::string>> blocks;
        Blocks by_id;  ///< a block list may name them again
        std::uint64_t size = 0;
        std::string content_type;
        std::string file_name;  ///< for Content-Disposition; empty: none
        std::string etag;

        [[nodiscard]] std::string bytes(std::uint64_t first, std::uint64_t count) const;
    };

    /// Gives path and query that may read or write the blob of that name for so long. The blob's name begins
    /// the path, as `/blobs/NAME`.
    [[nodiscard]] std::string sign(std::string_view name, bool write,
                                   std::chrono::milliseconds lifetime) const;

    /// Says whether a request is for this store.
    static bool is_for(const Seen& request) { return request.target.starts_with("/blobs/"); }

    /// Answers a request; takes its body.
    Reply handle(Seen& request);

    /// Gives a complete blob, or nullptr. Its content may be changed: that is one of the faults.
    Blob* find(std::string_view name);
    void put(std::string_view name, std::string content, std::string content_type);
    void remove(std::string_view name);

  private:
    [[nodiscard]] std::optional<Reply> refuse(const Seen& request, std::string_view name, bool write) const;
    Reply put_block(Seen& request, const std::string& name);
    Reply put_block_list(const Seen& request, const std::string& name);
    Reply get(const Seen& request, const std::string& name);
    void complete(const std::string& name, Blob blob);

    std::string key_;
    std::map<std::string, Blocks, std::less<>> pending_;
    std::map<std::string, Blob, std::less<>> blobs_;
    std::uint64_t versions_ = 0;
};

/// Gives a query parameter of a request target, decoded, or "".
std::string query_parameter(std::string_view target, std::string_view name);

}  // namespace pr_image::fakes
