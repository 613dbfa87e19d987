#include "nn/shape.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Shape, OfTheRightSizesPasses) {
  check_shape(torch::zeros({3, 4}), {3, 4}, "boxes");
  check_shape(torch::zeros({3, 4}), {kAnySize, 4}, "boxes");
  check_shape(torch::zeros({0, 4}), {kAnySize, 4}, "boxes");
  check_shape(torch::zeros({}), {}, "scalar");
}

TEST(Shape, TheErrorSaysWhatWasFound) {
  EXPECT_ERROR(check_shape(torch::zeros({3, 5}), {kAnySize, 4}, "rpn: boxes"), defect,
               "rpn: boxes: found [3, 5], expected [?, 4]");
  EXPECT_ERROR(check_shape(torch::zeros({4}), {kAnySize, 4}, "boxes"), defect,
               "boxes: found [4], expected [?, 4]");
  EXPECT_ERROR(check_shape(torch::zeros({}), {1}, "loss"), defect, "found [], expected [1]");
  EXPECT_ERROR(check_shape({}, {1}, "loss"), defect, "loss: found no tensor, expected [1]");
}

// Where nobody has any data, nobody can be waited for.
TEST(Shape, OfTensorsWithoutDataIsChecked) {
  const torch::Tensor tensor = torch::empty({2, 4}, torch::kMeta);
  check_shape(tensor, {kAnySize, 4}, "boxes");
  EXPECT_ERROR(check_shape(tensor, {kAnySize, 5}, "boxes"), defect, "found [2, 4]");
}

TEST(Shape, AKernelsInputIsOfItsTypeOnACpu) {
  check_kernel_type(torch::zeros({1}), torch::kFloat, "x");
  EXPECT_ERROR(check_kernel_type(torch::zeros({1}), torch::kBFloat16, "x"), defect,
               "x: found Float on cpu, expected BFloat16 on cpu");
  EXPECT_ERROR(check_kernel_type(torch::empty({1}, torch::kMeta), torch::kFloat, "x"), defect,
               "x: found Float on meta");
  EXPECT_ERROR(check_kernel_type({}, torch::kFloat, "x"), defect, "x: found no tensor");
}

TEST(Shape, AKernelsNumbersLieOneAfterTheOther) {
  check_contiguous(torch::zeros({2, 3}), "x");
  EXPECT_ERROR(check_contiguous(torch::zeros({2, 3}).t(), "x"), defect,
               "x: found [3, 2] with strides [1, 3]");
}

}  // namespace
}  // namespace mammograft
