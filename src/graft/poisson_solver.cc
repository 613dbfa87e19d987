#include "graft/poisson_solver.h"

#include <cmath>
#include <vector>

#include "core/error.h"

namespace mammograft {
namespace {

using Values = std::vector<double>;

double dot(const Values& a, const Values& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// One resolution of the grid, with a rim of outside cells so that every cell has four neighbours.
struct Grid {
  Grid(int rows, int cols)
      : rows(rows), stride(cols + 2), inside(static_cast<size_t>((rows + 2) * stride), 0) {}

  size_t at(int y, int x) const { return static_cast<size_t>((y + 1) * stride + x + 1); }
  int cols() const { return stride - 2; }
  double neighbours(const Values& x, size_t i) const {
    const auto row = static_cast<size_t>(stride);
    return x[i - 1] + x[i + 1] + x[i - row] + x[i + row];
  }
  void list_cells() {
    for (size_t i = 0; i < inside.size(); ++i) {
      if (inside[i]) cells.push_back(i);
    }
  }

  int rows, stride;
  std::vector<char> inside;
  std::vector<size_t> cells;  // the inside ones, row by row
};

// Twice as coarse; a cell is inside where one of its four is.
Grid coarsened(const Grid& fine) {
  Grid coarse((fine.rows + 1) / 2, (fine.cols() + 1) / 2);
  for (int y = 0; y < fine.rows; ++y) {
    for (int x = 0; x < fine.cols(); ++x) {
      if (fine.inside[fine.at(y, x)]) coarse.inside[coarse.at(y / 2, x / 2)] = 1;
    }
  }
  coarse.list_cells();
  return coarse;
}

void apply(const Grid& grid, const Values& x, Values& result) {
  for (const size_t i : grid.cells) result[i] = 4 * x[i] - grid.neighbours(x, i);
}

// Gauss and Seidel's sweeps; the backward one is the adjoint of the forward one.
void sweep_forward(const Grid& grid, const Values& b, Values& x) {
  for (const size_t i : grid.cells) x[i] = (b[i] + grid.neighbours(x, i)) / 4;
}
void sweep_backward(const Grid& grid, const Values& b, Values& x) {
  for (auto i = grid.cells.rbegin(); i != grid.cells.rend(); ++i) {
    x[*i] = (b[*i] + grid.neighbours(x, *i)) / 4;
  }
}

// A symmetric V-cycle: forward sweeps down, backward sweeps up. Restriction (the sum of a
// coarse cell's residuals) is the transpose of prolongation (its value for all four).
class Multigrid {
 public:
  explicit Multigrid(Grid finest) {
    grids_.push_back(std::move(finest));
    while (std::max(grids_.back().rows, grids_.back().cols()) > kCoarsest) {
      grids_.push_back(coarsened(grids_.back()));
    }
    for (const Grid& grid : grids_) {
      b_.emplace_back(grid.inside.size(), 0.0);
      x_.emplace_back(grid.inside.size(), 0.0);
      residual_.emplace_back(grid.inside.size(), 0.0);
    }
  }

  const Grid& finest() const { return grids_.front(); }

  const Values& operator()(const Values& b) {
    b_[0] = b;
    cycle(0);
    return x_[0];
  }

 private:
  static constexpr int kSweeps = 2;
  static constexpr int kCoarsest = 4;         // cells along the longer side
  static constexpr int kCoarsestSweeps = 20;  // as good as exact there

  void cycle(size_t level) {
    const Grid& grid = grids_[level];
    Values& x = x_[level];
    std::fill(x.begin(), x.end(), 0.0);
    if (level + 1 == grids_.size()) {
      for (int i = 0; i < kCoarsestSweeps; ++i) {
        sweep_forward(grid, b_[level], x);
        sweep_backward(grid, b_[level], x);
      }
      return;
    }
    for (int i = 0; i < kSweeps; ++i) sweep_forward(grid, b_[level], x);
    restrict_residual(level);
    cycle(level + 1);
    prolongate(level);
    for (int i = 0; i < kSweeps; ++i) sweep_backward(grid, b_[level], x);
  }

  void restrict_residual(size_t level) {
    const Grid& fine = grids_[level];
    const Grid& coarse = grids_[level + 1];
    Values& residual = residual_[level];
    apply(fine, x_[level], residual);
    Values& sums = b_[level + 1];
    std::fill(sums.begin(), sums.end(), 0.0);
    for (const size_t i : fine.cells) sums[parent(fine, coarse, i)] += b_[level][i] - residual[i];
  }

  void prolongate(size_t level) {
    const Grid& fine = grids_[level];
    const Grid& coarse = grids_[level + 1];
    for (const size_t i : fine.cells) x_[level][i] += x_[level + 1][parent(fine, coarse, i)];
  }

  static size_t parent(const Grid& fine, const Grid& coarse, size_t i) {
    const int y = static_cast<int>(i) / fine.stride - 1, x = static_cast<int>(i) % fine.stride - 1;
    return coarse.at(y / 2, x / 2);
  }

  std::vector<Grid> grids_;  // finest first
  std::vector<Values> b_, x_, residual_;
};

Grid grid_of(const cv::Mat& region) {
  Grid grid(region.rows, region.cols);
  for (int y = 0; y < region.rows; ++y) {
    for (int x = 0; x < region.cols; ++x) {
      if (region.at<uint8_t>(y, x)) grid.inside[grid.at(y, x)] = 1;
    }
  }
  grid.list_cells();
  return grid;
}

Values on_grid(const Grid& grid, const cv::Mat& matrix) {
  Values values(grid.inside.size(), 0.0);
  for (int y = 0; y < matrix.rows; ++y) {
    for (int x = 0; x < matrix.cols; ++x) {
      const size_t i = grid.at(y, x);
      if (grid.inside[i]) values[i] = matrix.at<double>(y, x);
    }
  }
  return values;
}

cv::Mat as_matrix(const Grid& grid, const Values& values) {
  cv::Mat matrix(grid.rows, grid.cols(), CV_64FC1);
  for (int y = 0; y < matrix.rows; ++y) {
    for (int x = 0; x < matrix.cols; ++x) matrix.at<double>(y, x) = values[grid.at(y, x)];
  }
  return matrix;
}

}  // namespace

PoissonSolution solve_poisson(const cv::Mat& region, const cv::Mat& b, double tolerance,
                              int max_iterations) {
  ensure(region.type() == CV_8UC1 && b.type() == CV_64FC1 && region.size() == b.size(),
         "solve_poisson: expected a CV_8UC1 region and CV_64FC1 values of its size");
  Multigrid precondition(grid_of(region));
  const Grid& grid = precondition.finest();
  Values x(grid.inside.size(), 0.0), applied(x), residual = on_grid(grid, b);
  const double norm = std::sqrt(dot(residual, residual));
  if (norm == 0) return {as_matrix(grid, x), 0, 0};
  Values direction = precondition(residual);
  double energy = dot(residual, direction);
  for (int k = 1; k <= max_iterations; ++k) {
    apply(grid, direction, applied);
    const double step = energy / dot(direction, applied);
    for (const size_t i : grid.cells) {
      x[i] += step * direction[i];
      residual[i] -= step * applied[i];
    }
    const double share = std::sqrt(dot(residual, residual)) / norm;
    if (share <= tolerance) return {as_matrix(grid, x), k, share};
    const Values& preconditioned = precondition(residual);
    const double next = dot(residual, preconditioned);
    for (const size_t i : grid.cells) {
      direction[i] = preconditioned[i] + next / energy * direction[i];
    }
    energy = next;
  }
  fail(ErrorKind::usage,
       "Poisson's equation: the residual is not below {} of what it was after {} iterations, "
       "expected more of them or a larger tolerance (of pie: pie.max_iterations, pie.tolerance)",
       tolerance, max_iterations);
}

}  // namespace mammograft
