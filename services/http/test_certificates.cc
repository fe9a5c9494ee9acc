#include "services/http/test_certificates.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <utility>

namespace slotlog::http {
namespace {

constexpr long kDaySeconds = 24 * 60 * 60;

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

struct TestCertificate::Parts {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ~Parts() {
    EVP_PKEY_free(key);
    X509_free(certificate);
  }
};

TestCertificate::TestCertificate(const std::string& common_name)
    : name_(common_name), parts_(Make(common_name, nullptr)) {}

TestCertificate::TestCertificate(const std::string& common_name,
                                 const TestCertificate& authority)
    : name_(common_name), parts_(Make(common_name, authority.parts_.get())) {}

TestCertificate::~TestCertificate() = default;

std::unique_ptr<TestCertificate::Parts> TestCertificate::Make(
    const std::string& common_name, const Parts* authority) {
  auto parts = std::make_unique<Parts>();
  X509* const certificate = parts->certificate;
  const Parts* const issuer = authority == nullptr ? parts.get() : authority;
  static long serial = 0;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kDaySeconds);
  X509_set_pubkey(certificate, parts->key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer->certificate));
  AddExtension(certificate, issuer->certificate, NID_basic_constraints,
               authority == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  AddExtension(certificate, issuer->certificate, NID_subject_alt_name,
               "IP:127.0.0.1");
  X509_sign(certificate, issuer->key, EVP_sha256());
  return parts;
}

std::string TestCertificate::WriteCertificate() const {
  std::string path = testing::TempDir() + name_ + ".pem";
  std::FILE* const file = std::fopen(path.c_str(), "w");
  PEM_write_X509(file, parts_->certificate);
  std::fclose(file);
  return path;
}

std::string TestCertificate::WriteKey() const {
  std::string path = testing::TempDir() + name_ + ".key";
  std::FILE* const file = std::fopen(path.c_str(), "w");
  PEM_write_PrivateKey(file, parts_->key, nullptr, nullptr, 0, nullptr,
                       nullptr);
  std::fclose(file);
  return path;
}

std::string TestCertificate::Sha256() const {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  X509_digest(parts_->certificate, EVP_sha256(), digest, &size);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), size});
}

}  // namespace slotlog::http
