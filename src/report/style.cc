#include "report/style.h"

namespace mammograft {

const char* const kStyleSheet = R"css(
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6876; --paper: #ffffff; --page: #f4f6f8;
  --line: #dde2e8; --accent: #0072b2; --warn: #d55e00; --stripe: #f7f9fb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaef; --soft: #9aa6b4; --paper: #171d25;
  --page: #0f141a; --line: #2b343f; --accent: #56b4e9; --warn: #e69f00; --stripe: #1c232c; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 36px; padding-bottom: 4px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 0 0 14px; }
h3 { font-size: 1.02rem; margin: 26px 0 4px; }
.sub { color: var(--soft); margin: 0 0 12px; overflow-wrap: anywhere; }
.badge { display: inline-block; font-size: 0.8rem; font-weight: 600; color: var(--warn);
  border: 1px solid var(--warn); border-radius: 99px; padding: 2px 12px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 16px 0 4px; font-size: 0.92rem; }
nav a { color: var(--accent); text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 22px 24px; margin: 18px 0; }
p { margin: 0 0 12px; max-width: 78ch; overflow-wrap: anywhere; }
p.warning { border-left: 4px solid var(--warn); padding: 6px 0 6px 14px; }
.headlines { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  margin: 0 0 16px; }
.headlines div { border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px;
  background: var(--stripe); }
.headlines b { display: block; font-size: 1.7rem; line-height: 1.2; letter-spacing: -0.02em;
  font-variant-numeric: tabular-nums; }
.headlines span { display: block; font-size: 0.9rem; }
.headlines small { color: var(--soft); font-size: 0.82rem; }
.scroll { overflow-x: auto; margin: 0 0 14px; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0 0 6px; font-size: 0.9rem; }
th, td { padding: 6px 14px 6px 10px; text-align: left; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; font-size: 0.84rem; vertical-align: bottom;
  border-bottom: 2px solid var(--line); }
td.n, th.n { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--stripe); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 0 0 14px; font-size: 0.94rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0 0 16px; color: var(--ink); }
figure svg { display: block; width: 100%; height: auto; max-width: 860px; }
figure svg text { fill: var(--ink); }
figcaption { font-size: 0.88rem; color: var(--soft); max-width: 90ch; margin-top: 6px; }
.files { font-size: 0.82rem; }
.files a { color: var(--accent); }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 14px; }
.gallery figure { background: #000; border-radius: 8px; overflow: hidden; margin: 0;
  border: 1px solid var(--line); display: flex; flex-direction: column; }
.gallery img { width: 100%; height: auto; display: block; }
.gallery figcaption { background: var(--paper); padding: 8px 12px 9px; margin: 0; flex: 1;
  overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 0.9rem; margin: 0 0 6px; }
.legend i { display: inline-block; width: 15px; height: 15px; border: 3px solid; border-radius: 3px;
  vertical-align: -2px; margin-right: 7px; }
details { margin: 0 0 10px; }
summary { cursor: pointer; color: var(--accent); }
pre { overflow-x: auto; background: var(--stripe); border: 1px solid var(--line); border-radius: 8px;
  padding: 12px 14px; font: 0.84rem/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
.none { color: var(--soft); font-style: italic; }
footer { color: var(--soft); font-size: 0.86rem; padding-bottom: 40px; }
@media (max-width: 620px) { header, main, footer { padding-left: 12px; padding-right: 12px; }
  section { padding: 16px 14px; border-radius: 10px; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; } h1 { font-size: 1.5rem; }
  .headlines { grid-template-columns: repeat(2, 1fr); } .headlines b { font-size: 1.35rem; }
  .gallery { grid-template-columns: 1fr; } th, td { padding: 5px 12px 5px 4px; white-space: nowrap; } }
@media print { :root { --ink: #000; --soft: #444; --paper: #fff; --page: #fff; --line: #bbb;
  --accent: #000; --stripe: #fff; } body { font-size: 10.5pt; } nav { display: none; }
  section { border: 0; padding: 6px 0; } figure, .headlines, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; } .scroll { overflow: visible; }
  .gallery { grid-template-columns: repeat(2, 1fr); } }
)css";

const char* const kPageTemplate = R"html(<!DOCTYPE html>
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
{{#subtitle}}<p class="sub">{{subtitle}}</p>
{{/subtitle}}
<span class="badge">for research use only</span>
<nav>{{#sections}}<a href="#{{id}}">{{heading}}</a>
{{/sections}}</nav>
</header>
<main>
{{#sections}}<section id="{{id}}">
<h2>{{heading}}</h2>
{{{body}}}</section>
{{/sections}}</main>
<footer><p>Made by {{generator}}. For research use only: not for diagnosis or any decision about a patient.</p></footer>
</body>
</html>
)html";

}  // namespace mammograft
