#include "text/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <string>

namespace pr_image::text {

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

// OpenSSL's calls below fail only when memory is out or SHA-256 itself is missing, where nothing can go on.
Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

Digest Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), raw.data(), &size);
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);

    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "sha256:";
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[raw.at(i) >> 4U];
        text += digits[raw.at(i) & 0xFU];
    }
    return Digest::parse(text).value();
}

Digest sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

}  // namespace pr_image::text
