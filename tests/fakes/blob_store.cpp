#include "fakes/blob_store.hpp"

#include "fakes/run_token.hpp"
#include "text/base64.hpp"
#include "text/percent.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace pr_image::fakes {

namespace {

Reply azure_error(int status, std::string_view code) {
    return {.status = status,
            .headers = {{"Content-Type", "application/xml"},
                        {"x-ms-error-code", std::string(code)},
                        {"x-ms-request-id", "00000000-0000-0000-0000-000000000001"}},
            .body = fmt::format(R"(<?xml version="1.0" encoding="utf-8"?><Error><Code>{}</Code>)"
                                "<Message>The request was refused.</Message></Error>",
                                code)};
}

Reply created(const std::string& etag = {}) {
    Reply reply{.status = 201,
                .headers = {{"x-ms-request-id", "00000000-0000-0000-0000-000000000002"},
                            {"x-ms-version", "2024-08-04"},
                            {"x-ms-request-server-encrypted", "true"},
                            {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}}};
    if (!etag.empty()) reply.headers.emplace_back("ETag", etag);
    return reply;
}

std::int64_t now_in_milliseconds() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string string_to_sign(std::string_view name, std::string_view permissions, std::string_view expiry) {
    return fmt::format("{}\n{}\n{}", name, permissions, expiry);
}

std::string name_of(std::string_view target) {
    return std::string(target.substr(7, target.find('?') - 7));
}

// "bytes=0-499", "bytes=500-"
std::optional<std::pair<std::uint64_t, std::optional<std::uint64_t>>> parse_range(std::string_view value) {
    if (!value.starts_with("bytes=")) return std::nullopt;
    value.remove_prefix(6);
    const std::size_t dash = value.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view from = value.substr(0, dash);
    const std::string_view to = value.substr(dash + 1);
    std::uint64_t first = 0;
    std::from_chars(from.data(), from.data() + from.size(), first);
    if (to.empty()) return std::pair(first, std::optional<std::uint64_t>());
    std::uint64_t last = 0;
    std::from_chars(to.data(), to.data() + to.size(), last);
    return std::pair(first, std::optional(last));
}

}  // namespace

std::string query_parameter(std::string_view target, std::string_view name) {
    const std::size_t query = target.find('?');
    if (query == std::string_view::npos) return {};
    for (const std::string_view pair : text::split(target.substr(query + 1), '&')) {
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) != name || equals == std::string_view::npos) continue;
        return text::percent_decode(pair.substr(equals + 1)).value_or("");
    }
    return {};
}

std::string BlobStore::Blob::bytes(std::uint64_t first, std::uint64_t count) const {
    std::string result;
    result.reserve(count);
    for (const auto& block : blocks) {
        if (first < block->size()) {
            const std::uint64_t take = std::min<std::uint64_t>(count, block->size() - first);
            result.append(*block, first, take);
            count -= take;
            first = 0;
        } else {
            first -= block->size();
        }
        if (count == 0) break;
    }
    return result;
}

std::string BlobStore::sign(std::string_view name, bool write, std::chrono::milliseconds lifetime) const {
    const std::string expiry = std::to_string(now_in_milliseconds() + lifetime.count());
    const std::string_view permissions = write ? "cw" : "r";
    return fmt::format("/blobs/{}?sv=2024-08-04&sr=b&sp={}&se={}&sig={}", name, permissions, expiry,
                       text::percent_encode(hmac(string_to_sign(name, permissions, expiry), key_)));
}

std::optional<Reply> BlobStore::refuse(const Seen& request, std::string_view name, bool write) const {
    const std::string permissions = query_parameter(request.target, "sp");
    const std::string expiry = query_parameter(request.target, "se");
    const std::string signature = query_parameter(request.target, "sig");
    if (signature.empty()) return azure_error(401, "NoAuthenticationInformation");
    if (signature != hmac(string_to_sign(name, permissions, expiry), key_) ||
        std::stoll(expiry) <= now_in_milliseconds()) {
        return azure_error(403, "AuthenticationFailed");
    }
    const bool allowed = permissions.find(write ? 'w' : 'r') != std::string::npos;
    if (!allowed) return azure_error(403, "AuthorizationPermissionMismatch");
    if (!request.header("Authorization").empty()) return azure_error(400, "InvalidAuthenticationInfo");
    return std::nullopt;
}

Reply BlobStore::handle(Seen& request) {
    const std::string name = name_of(request.target);
    const bool write = request.method == "PUT";
    if (std::optional<Reply> refused = refuse(request, name, write)) return *std::move(refused);
    const std::string operation = query_parameter(request.target, "comp");
    if (write && operation == "block") return put_block(request, name);
    if (write && operation == "blocklist") return put_block_list(request, name);
    if (write && operation.empty()) {
        if (request.header("x-ms-blob-type") != "BlockBlob") return azure_error(400, "MissingRequiredHeader");
        Blob blob;
        blob.content_type = request.header("x-ms-blob-content-type");
        if (blob.content_type.empty()) blob.content_type = request.header("Content-Type");
        blob.blocks.push_back(std::make_shared<const std::string>(std::move(request.body)));
        complete(name, std::move(blob));
        return created(find(name)->etag);
    }
    if (request.method == "GET" || request.method == "HEAD") return get(request, name);
    return azure_error(405, "UnsupportedHttpVerb");
}

Reply BlobStore::put_block(Seen& request, const std::string& name) {
    const std::string id = query_parameter(request.target, "blockid");
    const std::optional<std::string> decoded = text::base64_decode(id);
    if (!decoded || decoded->empty() || decoded->size() > 64)
        return azure_error(400, "InvalidQueryParameterValue");
    if (request.body.empty()) return azure_error(400, "InvalidHeaderValue");
    Blocks& blocks = pending_[name];
    const bool other_length = !blocks.empty() && blocks.begin()->first.size() != id.size();
    if (other_length) return azure_error(400, "InvalidBlobOrBlock");
    blocks[id] = std::make_shared<const std::string>(std::move(request.body));
    return created();
}

Reply BlobStore::put_block_list(const Seen& request, const std::string& name) {
    Blob blob;
    Blocks known = pending_[name];
    if (const Blob* committed = find(name)) known.insert(committed->by_id.begin(), committed->by_id.end());
    std::string_view rest = request.body;
    for (std::size_t begin = 0; (begin = rest.find("<Latest>")) != std::string_view::npos;) {
        rest.remove_prefix(begin + 8);
        const auto block = known.find(std::string(rest.substr(0, rest.find("</Latest>"))));
        if (block == known.end()) return azure_error(400, "InvalidBlockList");
        blob.blocks.push_back(block->second);
        blob.by_id.insert(*block);
    }
    blob.content_type = request.header("x-ms-blob-content-type");
    complete(name, std::move(blob));
    return created(find(name)->etag);
}

Reply BlobStore::get(const Seen& request, const std::string& name) {
    const Blob* blob = find(name);
    if (blob == nullptr) return azure_error(404, "BlobNotFound");
    const std::string wanted = request.header("If-Match");
    if (!wanted.empty() && wanted != blob->etag) return azure_error(412, "ConditionNotMet");

    Reply reply{.headers = {{"Content-Type",
                             blob->content_type.empty() ? "application/octet-stream" : blob->content_type},
                            {"ETag", blob->etag},
                            {"Accept-Ranges", "bytes"},
                            {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"},
                            {"x-ms-blob-type", "BlockBlob"},
                            {"x-ms-request-id", "00000000-0000-0000-0000-000000000003"},
                            {"x-ms-version", "2024-08-04"}}};
    if (!blob->file_name.empty()) {
        reply.headers.emplace_back("Content-Disposition",
                                   fmt::format("attachment; filename=\"{}\"", blob->file_name));
    }
    std::uint64_t first = 0;
    std::uint64_t count = blob->size;
    const std::string own_header = request.header("x-ms-range");
    const auto range = parse_range(own_header.empty() ? request.header("Range") : own_header);
    if (range) {
        first = range->first;
        if (first >= blob->size) return azure_error(416, "InvalidRange");
        count = std::min(range->second.value_or(blob->size - 1), blob->size - 1) - first + 1;
        reply.status = 206;
        reply.headers.emplace_back("Content-Range",
                                   fmt::format("bytes {}-{}/{}", first, first + count - 1, blob->size));
    }
    if (request.method == "HEAD") {
        reply.headers.emplace_back("Content-Length", std::to_string(count));
    } else {
        reply.body = blob->bytes(first, count);
    }
    return reply;
}

void BlobStore::complete(const std::string& name, Blob blob) {
    for (const auto& block : blob.blocks)
        blob.size += block->size();
    blob.etag = fmt::format("\"0x{:016X}\"", ++versions_);
    blobs_[name] = std::move(blob);
    pending_.erase(name);
}

BlobStore::Blob* BlobStore::find(std::string_view name) {
    const auto found = blobs_.find(name);
    return found == blobs_.end() ? nullptr : &found->second;
}

void BlobStore::put(std::string_view name, std::string content, std::string content_type) {
    Blob blob;
    blob.content_type = std::move(content_type);
    blob.blocks.push_back(std::make_shared<const std::string>(std::move(content)));
    complete(std::string(name), std::move(blob));
}

void BlobStore::remove(std::string_view name) {
    if (const auto found = blobs_.find(name); found != blobs_.end()) blobs_.erase(found);
    if (const auto found = pending_.find(name); found != pending_.end()) pending_.erase(found);
}

}  // namespace pr_image::fakes
