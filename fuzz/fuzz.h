// What a fuzz target tries with arbitrary bytes: a reader, which must read them or throw an Error.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/error.h"
#include "core/files.h"

namespace mammograft {

// The bytes as a file of this process, in memory where the system has a file system there.
inline std::filesystem::path file_with(const uint8_t* bytes, size_t count) {
  static const std::filesystem::path path =
      (fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
      fmt::format("mammograft-fuzz-{}", ::getpid());
  FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) fail(ErrorKind::io, "{}: cannot be written", path.string());
  if (count > 0) std::fwrite(bytes, 1, count, file);
  std::fclose(file);
  return path;
}

// Anything but a clean result or an Error that blames the input is a finding.
inline int try_reader(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::defect) std::abort();
  }
  return 0;
}

inline int try_reader(const uint8_t* bytes, size_t count,
                      const std::function<void(const std::filesystem::path&)>& read) {
  return try_reader([&] { read(file_with(bytes, count)); });
}

}  // namespace mammograft
