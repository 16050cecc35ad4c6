#include "fakes/test_ca.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace pr_image::fakes {

namespace {

template <auto Release>
struct Free {
    void operator()(auto* object) const { Release(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL could not make a test certificate");
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr);
    return key;
}

std::string pem(auto&& write) {
    const Bio bio(BIO_new(BIO_s_mem()));
    require(write(bio.get()) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    require(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate make_certificate(const std::string& name, EVP_PKEY* key, long serial) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24L * 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    require(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string joined;
    for (const std::string& name : names) {
        boost::system::error_code not_an_address;
        boost::asio::ip::make_address(name, not_an_address);
        joined += (joined.empty() ? "" : ",") + std::string(not_an_address ? "DNS:" : "IP:") + name;
    }
    return joined;
}

}  // namespace

struct TestCa::State {
    Key key = make_key();
    Certificate certificate = make_certificate("pr-image test CA", key.get(), 1);
};

TestCa::TestCa() : state_(std::make_unique<State>()) {
    X509* certificate = state_->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    require(X509_sign(certificate, state_->key.get(), EVP_sha256()) > 0);
}

TestCa::~TestCa() = default;

std::string TestCa::certificate() const {
    return pem([&](BIO* bio) { return PEM_write_bio_X509(bio, state_->certificate.get()); });
}

Identity TestCa::issue(const std::vector<std::string>& names, std::chrono::seconds begin) const {
    const Key key = make_key();
    const Certificate certificate = make_certificate("pr-image test server", key.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begin.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), (begin + std::chrono::hours(24)).count());
    X509* issuer = state_->certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
    add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), issuer, NID_subject_alt_name, alternative_names(names));
    add_extension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
    require(X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) > 0);
    return {pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); }), pem([&](BIO* bio) {
                return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

}  // namespace pr_image::fakes
