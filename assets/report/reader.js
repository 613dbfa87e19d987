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
