#include "report/reader_page.h"

namespace mammograft {

const char* const kReaderStyleSheet = R"css(
.stage { position: relative; width: min(100%, 66vh); margin: 0 auto 14px; background: #000;
  border-radius: 8px; overflow: hidden; aspect-ratio: 1; }
.stage img { width: 100%; height: 100%; display: block; }
.ring { position: absolute; border: 2px dashed #f0e442; border-radius: 50%; left: 50%; top: 50%;
  transform: translate(-50%, -50%); aspect-ratio: 1; pointer-events: none; }
.answers { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin: 0 0 12px; }
button { font: inherit; color: var(--ink); background: var(--stripe); border: 1px solid var(--line);
  border-radius: 8px; padding: 10px 8px; cursor: pointer; }
button:hover:enabled, button:focus-visible { border-color: var(--accent); outline: none; }
button:disabled { opacity: 0.45; cursor: default; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--paper); padding: 10px 22px; }
.answers small { display: block; color: var(--soft); }
.tools { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
.tools .at { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
.bar { height: 6px; border-radius: 3px; background: var(--line); margin: 0 0 14px; overflow: hidden; }
.bar i { display: block; height: 100%; width: 0; background: var(--accent); }
td img { width: 92px; height: 92px; display: block; border-radius: 4px; background: #000; }
td.right { color: var(--accent); } td.wrong { color: var(--warn); font-weight: 600; }
[hidden] { display: none !important; }
@media (max-width: 620px) { .answers { grid-template-columns: 1fr 1fr; } }
@media print { .tools { display: none; } }
)css";

const char* const kReaderTemplate = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{{generator}}">
<title>{{title}}</title>
<style>{{{style}}}</style>
</head>
<body>
<header>
<h1>{{title}}</h1>
<span class="badge">for research use only</span>
</header>
<main>
<noscript><section><p class="warning">This page needs JavaScript.</p></section></noscript>
<section id="intro">
<h2>How it works</h2>
<p>You will see {{count}} masses, one at a time, each in the middle of its picture. Some are real, the others were
put into a mammogram by a program. Say of each how it looks to you. The answers are shown at the end; nothing
leaves this computer.</p>
<p>Keys: <b>1</b> surely real, <b>2</b> perhaps real, <b>3</b> perhaps synthetic, <b>4</b> surely synthetic;
<b>backspace</b> takes the last answer back; <b>m</b> shows or hides the ring around the mass.</p>
<p><button class="main" id="begin" type="button">Begin</button></p>
</section>
<section id="reading" hidden>
<div class="bar"><i id="done"></i></div>
<div class="stage"><img id="picture" alt="A mass"><div class="ring" id="ring" hidden></div></div>
<div class="answers">
<button type="button" data-rating="1">surely real<small>1</small></button>
<button type="button" data-rating="2">perhaps real<small>2</small></button>
<button type="button" data-rating="3">perhaps synthetic<small>3</small></button>
<button type="button" data-rating="4">surely synthetic<small>4</small></button>
</div>
<div class="tools">
<button type="button" id="undo">take back</button>
<button type="button" id="mark">ring</button>
<span class="at" id="at"></span>
</div>
</section>
<section id="result" hidden>
<h2>Result</h2>
<div class="headlines">
<div><b id="auc"></b><span>area under the ROC curve</span><small id="interval"></small></div>
<div><b id="accuracy"></b><span>answered rightly</span><small>“perhaps” and “surely” alike</small></div>
<div><b id="missed"></b><span>of the synthetic taken for real</span><small>set: {{name}}</small></div>
<div><b id="alarms"></b><span>of the real taken for synthetic</span><small>&nbsp;</small></div>
</div>
<p>0.5: real and synthetic could not be told apart; 1: always. The area is that of the four ratings, ties counting
half; its interval is DeLong’s (1988). It says how this reader did on these pictures.</p>
<div class="scroll"><table id="counts"></table></div>
<div class="tools">
<button type="button" class="main" data-save="json">save answers as JSON</button>
<button type="button" class="main" data-save="csv">save answers as CSV</button>
<button type="button" id="again">start over</button>
</div>
</section>
<section id="answers" hidden>
<h2>Answers</h2>
<div class="scroll"><table id="list"></table></div>
</section>
</main>
<footer><p>Made by {{generator}}. For research use only: not for diagnosis or any decision about a patient.</p></footer>
<script id="measure">{{{measure}}}</script>
<script>
"use strict";
const PICTURES = {{{pictures}}};
const SEALED = "{{{sealed}}}", KEY = {{{key}}};
{{{script}}}
</script>
</body>
</html>
)html";

const char* const kReaderMeasure = R"js(
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
)js";

const char* const kReaderScript = R"js(
const NAMES = ["", "surely real", "perhaps real", "perhaps synthetic", "surely synthetic"];
const STORE = "mammograft-reader-" + KEY + "-" + SEALED.slice(0, 24);
const byId = id => document.getElementById(id);
let ratings = [], seconds = [], shownAt = 0, reading = false;

function unsealed() {
  let state = KEY;
  const bytes = Uint8Array.from(atob(SEALED), c => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    return c.charCodeAt(0) ^ (state & 255);
  });
  return JSON.parse(new TextDecoder().decode(bytes));
}

function keep() {
  try { localStorage.setItem(STORE, JSON.stringify({ratings, seconds})); } catch (ignored) {}
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE));
    if (kept && kept.ratings.length <= PICTURES.length) ({ratings, seconds} = kept);
  } catch (ignored) {}
}

function show() {
  const at = ratings.length, finished = at === PICTURES.length;
  reading = !finished;
  byId("intro").hidden = true;
  byId("reading").hidden = finished;
  byId("result").hidden = byId("answers").hidden = !finished;
  if (finished) { showResult(); return; }
  byId("picture").src = PICTURES[at].src;
  byId("ring").style.width = Math.min(1, 2 * PICTURES[at].radius) * 100 + "%";
  byId("done").style.width = 100 * at / PICTURES.length + "%";
  byId("at").textContent = (at + 1) + " of " + PICTURES.length;
  byId("undo").disabled = at === 0;
  shownAt = performance.now();
}

function rate(rating) {
  if (!reading) return;
  ratings.push(rating);
  seconds.push(Math.round((performance.now() - shownAt) / 100) / 10);
  keep();
  show();
}

function undo() {
  if (!reading || ratings.length === 0) return;
  ratings.pop(); seconds.pop();
  keep();
  show();
}

function toggleRing() { byId("ring").hidden = !byId("ring").hidden; }

function answered() {
  return unsealed().map((truth, i) => ({picture: i + 1, truth: truth.synthetic ? "synthetic" : "real",
    rating: ratings[i], answer: NAMES[ratings[i]], seconds: seconds[i], origin: truth.origin}));
}

function split(rows) {
  const of = kind => rows.filter(row => row.truth === kind).map(row => row.rating);
  return {real: of("real"), synthetic: of("synthetic")};
}

function cells(row, kind, texts) {
  for (const text of texts) {
    const cell = document.createElement(kind);
    cell.textContent = text;
    row.appendChild(cell);
  }
  return row;
}

function table(id, head) {
  const element = byId(id);
  element.replaceChildren();
  cells(element.createTHead().insertRow(), "th", head);
  return element.createTBody();
}

function share(ratings, test) {
  return ratings.length ? Math.round(100 * ratings.filter(test).length / ratings.length) + " %" : "–";
}

function showResult() {
  const rows = answered(), {real, synthetic} = split(rows), area = ratedAuc(real, synthetic);
  byId("auc").textContent = Number.isNaN(area.auc) ? "–" : area.auc.toFixed(3);
  byId("interval").textContent = Number.isNaN(area.low) ? "no interval: too few, or always told apart" :
      "95 % interval " + area.low.toFixed(3) + " to " + area.high.toFixed(3);
  const right = row => (row.rating > 2) === (row.truth === "synthetic");
  byId("accuracy").textContent = share(rows, right);
  byId("missed").textContent = share(synthetic, rating => rating <= 2);
  byId("alarms").textContent = share(real, rating => rating > 2);
  const counts = table("counts", ["", ...NAMES.slice(1)]);
  for (const [kind, given] of [["real", real], ["synthetic", synthetic]]) {
    cells(counts.insertRow(), "td",
          [kind, ...[1, 2, 3, 4].map(rating => given.filter(r => r === rating).length)]);
  }
  const list = table("list", ["", "Picture", "It is", "You said", "Seconds", "Origin"]);
  rows.forEach((row, i) => {
    const line = list.insertRow();
    const image = document.createElement("img");
    image.src = PICTURES[i].src;
    image.alt = "Picture " + row.picture;
    line.insertCell().appendChild(image);
    cells(line, "td", [row.picture, row.truth, row.answer, row.seconds, row.origin]);
    line.cells[3].className = right(row) ? "right" : "wrong";
  });
}

function save(kind) {
  const rows = answered(), keys = ["picture", "truth", "rating", "answer", "seconds", "origin"];
  const {real, synthetic} = split(rows);
  const quoted = value => /[",\n]/.test(value) ? '"' + String(value).replace(/"/g, '""') + '"' : value;
  const text = kind === "json" ?
      JSON.stringify({title: document.title, ...ratedAuc(real, synthetic), answers: rows}, null, 1) :
      [keys.join(","), ...rows.map(row => keys.map(key => quoted(row[key])).join(","))].join("\n") + "\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: kind === "json" ? "application/json" : "text/csv"}));
  link.download = "reader-answers." + kind;
  link.click();
  URL.revokeObjectURL(link.href);
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!reading) return;
  if (["1", "2", "3", "4"].includes(event.key)) rate(Number(event.key));
  else if (event.key === "Backspace" || event.key === "u") { event.preventDefault(); undo(); }
  else if (event.key === "m") toggleRing();
});
for (const button of document.querySelectorAll("[data-rating]"))
  button.addEventListener("click", () => { button.blur(); rate(Number(button.dataset.rating)); });
for (const button of document.querySelectorAll("[data-save]"))
  button.addEventListener("click", () => save(button.dataset.save));
byId("undo").addEventListener("click", undo);
byId("mark").addEventListener("click", toggleRing);
byId("begin").addEventListener("click", show);
byId("again").addEventListener("click", () => { ratings = []; seconds = []; keep(); show(); });
recall();
if (ratings.length > 0) byId("begin").textContent = "Continue";
)js";

}  // namespace mammograft
