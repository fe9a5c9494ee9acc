// Certificates for tests, made when they are needed: an authority, and those
// that it signs.
//
// Threads: one.

#pragma once

#include <memory>
#include <string>

namespace slotlog::http {

class TestCertificate {
 public:
  /// Its own authority.
  explicit TestCertificate(const std::string& common_name);
  /// Signed by `authority`.
  TestCertificate(const std::string& common_name,
                  const TestCertificate& authority);
  ~TestCertificate();

  /// Writes PEM files into the test's directory; returns their paths.
  std::string WriteCertificate() const;
  std::string WriteKey() const;
  /// SHA-256 of the certificate in lower-case hexadecimal digits.
  std::string Sha256() const;

 private:
  struct Parts;
  static std::unique_ptr<Parts> Make(const std::string& common_name,
                                     const Parts* authority);
  const std::string name_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace slotlog::http
