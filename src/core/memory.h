// How the process keeps its memory.
#pragma once

namespace mammograft {

// Keeps freed memory for the next image or training step. By default the kernel maps and clears
// every large tensor anew, 3 to 20 % of the time. For a program's main(); no effect but on glibc.
void keep_freed_memory();

}  // namespace mammograft
