#include "cli/failure.h"

#include <exception>
#include <filesystem>
#include <new>
#include <opencv2/core.hpp>
#include <string>

#include "core/error.h"
#include "core/log.h"
#include "nn/memory_error.h"

namespace mammograft {
namespace {

bool ran_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  const auto* opencv = dynamic_cast<const cv::Exception*>(&error);
  if (opencv != nullptr) return opencv->code == cv::Error::StsNoMem;
  return is_out_of_memory(error);
}

}  // namespace

int report_failure() {
  try {
    throw;
  } catch (const Error& error) {
    log_error(error.what());
    return error.exit_code();
  } catch (const std::filesystem::filesystem_error& error) {
    log_error(error.path1().string() + ": " + error.code().message());
    return static_cast<int>(ErrorKind::io);
  } catch (const std::exception& error) {
    if (ran_out_of_memory(error)) {
      log_error("out of memory");
      return static_cast<int>(ErrorKind::io);
    }
    log_error(std::string("a defect of mammograft, please report it: ") + error.what());
    return static_cast<int>(ErrorKind::defect);
  }
}

void run_in_all(Communicator& processes, const std::function<void()>& body) {
  if (processes.rank() != 0) set_log_level(LogLevel::quiet);
  if (processes.size() == 1) return body();
  try {
    body();
  } catch (const Error& error) {
    // Where rank 0 failed, the launcher stops the others: what they say would hide its message.
    const bool silent = error.kind() == ErrorKind::cancelled && processes.rank() != 0;
    processes.abort(silent ? error.exit_code() : report_failure());
  } catch (...) {
    processes.abort(report_failure());
  }
}

}  // namespace mammograft
