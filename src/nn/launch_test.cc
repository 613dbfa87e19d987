#include "nn/launch.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace mammograft {
namespace {

TEST(Launch, WithoutALauncherThereIsOneProcess) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"})
    unsetenv(name);
  EXPECT_EQ(make_communicator()->size(), 1);
  setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
  EXPECT_EQ(make_communicator()->size(), 1);
  unsetenv("OMPI_COMM_WORLD_SIZE");
}

}  // namespace
}  // namespace mammograft
