#include "prepare/pseudonyms.h"

#include <cstdlib>
#include <random>

#include "core/error.h"
#include "core/files.h"
#include "core/log.h"
#include "core/sha256.h"

namespace mammograft {
namespace {

constexpr size_t kShortest = 16;  // bytes of a key
constexpr size_t kDigits = 16;    // of a code: 64 bits

fs::path default_key() {
  const char* home = std::getenv("HOME");
  const char* configuration = std::getenv("XDG_CONFIG_HOME");
  if (configuration != nullptr && *configuration != '\0')
    return fs::path(configuration) / "mammograft" / "pseudonym.key";
  if (home == nullptr || *home == '\0') {
    fail(ErrorKind::usage,
         "pseudonym_key: expected a file: neither HOME nor XDG_CONFIG_HOME says where to keep one");
  }
  return fs::path(home) / ".config" / "mammograft" / "pseudonym.key";
}

std::string random_key() {
  std::random_device device;
  std::string key;
  for (int i = 0; i < 8; ++i) key += fmt::format("{:08x}", device());
  return key;
}

// Readable for the user alone before the key is in it. Where another import has made one meanwhile,
// that is the key.
void make_key(const fs::path& path) {
  if (path.has_parent_path()) create_folder(path.parent_path());
  AtomicFile file(path);
  fs::permissions(file.temporary(), fs::perms::owner_read | fs::perms::owner_write);
  append_line(file.temporary(), random_key());
  if (!file.commit_if_new()) return;
  log_info(
      fmt::format("{}: a new key for the codes of patients; keep it: another key gives other codes",
                  path.string()));
}

}  // namespace

Pseudonyms::Pseudonyms(const PseudonymOptions& options, bool makes_key) {
  if (options.identifiers == "keep") return;
  const fs::path path =
      options.pseudonym_key.empty() ? default_key() : fs::path(options.pseudonym_key);
  if (!fs::exists(path) && !makes_key) {
    fail(ErrorKind::usage,
         "{}: not there: shards need one key for all of them; make it once with: openssl rand -hex "
         "32 > {}, and name it with --pseudonym-key",
         path.string(), path.filename().string());
  }
  if (!fs::exists(path)) make_key(path);
  key_ = read_file(path);
  while (!key_.empty() && (key_.back() == '\n' || key_.back() == '\r')) key_.pop_back();
  if (key_.size() < kShortest) {
    fail(ErrorKind::bad_input, "{}: found a key of {} bytes, expected {} or more", path.string(),
         key_.size(), kShortest);
  }
}

std::string Pseudonyms::check() const {
  return keeps() ? "" : hmac_sha256_hex(key_, "mammograft: is it the same key").substr(0, kDigits);
}

std::string Pseudonyms::of(const std::string& identifier) const {
  return keeps() ? identifier : hmac_sha256_hex(key_, identifier).substr(0, kDigits);
}

}  // namespace mammograft
