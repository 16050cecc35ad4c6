#pragma once

#include "text/digest.hpp"

#include <memory>
#include <string_view>

struct evp_md_ctx_st;

namespace pr_image::text {

/// SHA-256 (FIPS 180-4) of bytes that come in pieces: a stream's digest in constant memory.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    /// Takes the next bytes, of any number.
    void update(std::string_view bytes);

    /// Gives the digest of everything taken so far, and starts again from nothing.
    Digest finish();

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Gives the SHA-256 digest of `bytes`; its `hex()` is the bare lower-case form.
Digest sha256(std::string_view bytes);

}  // namespace pr_image::text
