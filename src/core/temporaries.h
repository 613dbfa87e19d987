// The temporaries behind atomic writes (core/files.h) and of other programs' work, and what killed
// processes left of them.
//
// A temporary is called .mammograft-<machine>-<process>-<n>.tmp<suffix>, and its process holds a
// lock on it (flock) for as long as it lives: the kernel gives the lock back however the process
// ends.
#pragma once

#include <filesystem>

#include "core/descriptor.h"

namespace mammograft {

struct Temporary {
  std::filesystem::path path;
  Descriptor lock;
};

// Creates an empty file of an unused name beside `path`. It keeps the suffix of `path`, because
// some writers choose their format by it. The first one that this process creates in a folder
// clears the folder of abandoned ones, so no caller has to. Throws io naming `path`.
Temporary create_temporary(const std::filesystem::path& path);

// The same for an empty folder inside `parent`.
Temporary create_temporary_folder(const std::filesystem::path& parent);

// Removes the temporaries, files and folders, in the folder (not in those below it) whose processes
// are gone: nobody holds the lock, and the process does not exist. Where that cannot be seen,
// because another machine or container made the file, or the number has gone to another process, it
// must have been untouched for a day. Never throws: what cannot be removed stays.
void remove_abandoned_temporaries(const std::filesystem::path& folder);

}  // namespace mammograft
