#include "fakes/registry_token.hpp"

#include "text/base64.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>

namespace pr_image::fakes {
namespace {

namespace json = boost::json;

template <auto Release>
struct Free {
    void operator()(auto* object) const { Release(object); }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL could not sign a registry token");
}

std::string base64url(std::string_view bytes) {
    std::string text = text::base64url_encode(bytes);
    text.resize(text.find_last_not_of('=') + 1);
    return text;
}

std::string der_of(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    require(certificate != nullptr);
    std::string der(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)), '\0');
    auto* to = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(certificate.get(), &to);
    return der;
}

/// RFC 7518 section 3.4: the two numbers of 32 bytes, one after the other.
std::string sign_es256(const std::string& key_pem, std::string_view text) {
    const Bio bio(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    const DigestContext context(EVP_MD_CTX_new());
    require(key && context);
    require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    std::array<unsigned char, 128> der{};
    std::size_t size = der.size();
    require(EVP_DigestSign(context.get(), der.data(), &size,
                           reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
    const unsigned char* from = der.data();
    const Signature signature(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(size)));
    require(signature != nullptr);
    std::array<unsigned char, 64> raw{};
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + 32, 32);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

}  // namespace

std::string registry_token(const Identity& signer, const std::string& issuer, const std::string& service,
                           const std::vector<TokenAccess>& access) {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    json::array grants;
    for (const auto& [repository, actions] : access) {
        grants.push_back({{"type", "repository"},
                          {"name", repository},
                          {"actions", json::array(actions.begin(), actions.end())}});
    }
    const json::object header = {{"typ", "JWT"},
                                 {"alg", "ES256"},
                                 {"x5c", json::array{text::base64_encode(der_of(signer.certificate))}}};
    const json::object claims = {{"iss", issuer},
                                 {"sub", "test"},
                                 {"aud", service},
                                 {"exp", now + 300},
                                 {"nbf", now - 60},
                                 {"iat", now},
                                 {"jti", std::to_string(now)},
                                 {"access", grants}};
    const std::string signed_part =
        base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    return signed_part + "." + base64url(sign_es256(signer.key, signed_part));
}

}  // namespace pr_image::fakes
