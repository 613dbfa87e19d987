"use strict";
// The area under the ROC curve of ratings (higher: more synthetic), and the variance of DeLong,
// DeLong and Clarke-Pearson (1988) from the placements of each group in the other.
function ratedAuc(real, synthetic) {
  const wins = (s, r) => s > r ? 1 : s === r ? 0.5 : 0;
  const mean = values => values.reduce((a, b) => a + b, 0) / values.length;
  if (real.length === 0 || synthetic.length === 0) return {auc: NaN, low: NaN, high: NaN};
  const ofSynthetic = synthetic.map(s => mean(real.map(r => wins(s, r))));
  const ofReal = real.map(r => mean(synthetic.map(s => wins(s, r))));
  const auc = mean(ofSynthetic);
  const variance = values => values.length < 2 ? NaN :
      values.reduce((sum, v) => sum + (v - auc) * (v - auc), 0) / (values.length - 1);
  const error = Math.sqrt(variance(ofSynthetic) / synthetic.length + variance(ofReal) / real.length);
  if (!(error > 0)) return {auc, low: NaN, high: NaN};
  const z = 1.959963984540054;
  return {auc, low: Math.max(0, auc - z * error), high: Math.min(1, auc + z * error)};
}
