// Files: reading whole ones, writing atomically.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/temporaries.h"

namespace mammograft {

namespace fs = std::filesystem;

// The bytes of a file. Throws io naming the path and the reason (missing, a folder, no permission).
std::string read_file(const fs::path& path);

// Temporary file in the same folder, fsync, rename: after a crash the path holds the old content or
// the new one, never half of it. Throws io (no permission, disk full) and removes the temporary.
void write_file(const fs::path& path, std::string_view bytes);

// The same for content in several pieces, which are written one after the other.
void write_pieces(const fs::path& path, const std::vector<std::string_view>& pieces);

// The same for writers that want a path: write to temporary(), then commit(). The temporary is an
// empty file in the folder of `path`, with its suffix (core/temporaries.h). Destroyed without
// commit, it removes the temporary and leaves `path` as it was.
class AtomicFile {
 public:
  explicit AtomicFile(fs::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  const fs::path& temporary() const { return temporary_.path; }
  void commit();
  // The same but that nothing is replaced: false where `path` is there by then, made by another
  // process, say, that wants the same.
  bool commit_if_new();

 private:
  void sync() const;  // the temporary's bytes
  fs::path path_;
  Temporary temporary_;
  bool committed_ = false;
};

// Creates the folder and its parents. Throws io naming the path and the reason.
void create_folder(const fs::path& folder);

// Appends one line and flushes (log.jsonl). Creates the file.
void append_line(const fs::path& path, std::string_view line);

// 64-bit hash (FNV-1a) as 16 hexadecimal digits: provenance, not security.
std::string hash_hex(std::string_view bytes);

}  // namespace mammograft
