#include "nn/communicator.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "core/testing.h"
#include "nn/tensor_broadcast.h"
#include "nn/test_communicator.h"

namespace mammograft {
namespace {

TEST(Communicator, ASingleProcessLeavesTensorsAlone) {
  const torch::Tensor tensor = torch::tensor({1.f, 2.f});
  single_process().sum(tensor);
  single_process().broadcast(tensor);
  EXPECT_TRUE(torch::equal(tensor, torch::tensor({1.f, 2.f})));
  EXPECT_TRUE(single_process().any(true));
  EXPECT_FALSE(single_process().any(false));
}

TEST(Communicator, AnyIsTrueWhereOneProcessSaysSo) {
  run_processes(3, [](Communicator& process) {
    EXPECT_TRUE(process.any(process.rank() == 1));
    EXPECT_FALSE(process.any(false));
  });
}

TEST(Communicator, ABroadcastBringsNamesTypesAndShapes) {
  const TensorMap sent = {{"a.b", torch::arange(6, torch::kFloat).view({2, 3})},
                          {"steps", torch::scalar_tensor(7, torch::kInt64)},
                          {"none", torch::zeros({0, 4}, torch::kDouble)},
                          {"strided", torch::arange(6, torch::kBFloat16).view({2, 3}).t()}};
  run_processes(3, [&](Communicator& process) {
    TensorMap got = process.rank() == 0 ? sent : TensorMap{{"other", torch::ones({2})}};
    broadcast(got, process);
    ASSERT_EQ(got.size(), sent.size());
    for (const auto& [name, tensor] : sent) {
      EXPECT_EQ(got.at(name).scalar_type(), tensor.scalar_type()) << name;
      EXPECT_TRUE(torch::equal(got.at(name), tensor)) << name;
    }
  });
}

TEST(SerialWorker, KeepsTheOrderAndHandsOnErrors) {
  std::vector<int> done;
  std::future<double> last, wrong;
  {
    SerialWorker worker;
    for (int i = 0; i < 100; ++i) {
      last = worker.post([&done, i] {
        done.push_back(i);
        return i / 2.0;
      });
    }
    wrong = worker.post([]() -> double { fail(ErrorKind::io, "lost"); });
  }
  EXPECT_EQ(last.get(), 49.5);
  EXPECT_ERROR(wrong.get(), io, "lost");
  ASSERT_EQ(done.size(), 100u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

}  // namespace
}  // namespace mammograft
