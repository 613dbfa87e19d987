// Logistic regression with a ridge, by Newton's method (Hastie, Tibshirani and Friedman, "The
// Elements of Statistical Learning", 2009, 4.4.1).
#pragma once

#include <vector>

namespace mammograft {

struct LogisticCase {
  std::vector<double> features;  // of every case as many
  double target = 0;             // the chance that is wanted: 1 of a positive, 0 of a negative
};

struct LogisticFit {
  std::vector<double> weights;  // of the features as they are given
  double offset = 0;
  double logit(const std::vector<double>& features) const;
};

// The ridge, `ridge` / 2 times the sum of squared weights of the standardised features, keeps the
// fit defined where labels can be told apart without error; a feature without spread gets weight 0.
// Needs targets above a half and others: a defect otherwise.
LogisticFit fit_logistic(const std::vector<LogisticCase>& cases, double ridge = 1);

}  // namespace mammograft
