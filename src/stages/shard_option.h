// The option `shard` of stages that can do a part of their work.
#pragma once

#include "core/json.h"

namespace mammograft {

// What a stage was asked for: without a shard the same as before there were any.
inline Json without_empty_shard(Json options) {
  if (options.value("shard", "").empty()) options.erase("shard");
  return options;
}

}  // namespace mammograft
