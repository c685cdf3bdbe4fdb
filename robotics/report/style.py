"""The page's frame: head, colours, layout."""

from __future__ import annotations

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{title}}</title>
<style>
:root{--ink:#22262b;--soft:#6b737c;--line:#e4e6e8;--paper:#fff;--wash:#f6f7f5}
*{box-sizing:border-box}
body{margin:0;background:var(--wash);color:var(--ink);
font:16px/1.55 system-ui,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
header{padding:34px 22px 26px;
background:linear-gradient(120deg,#0f4c5c,#17807e 55%,#e4a15e);color:#fff}
header h1{margin:0;font-size:1.7rem}header p{margin:.3em 0 0;opacity:.92}
header div,main{max-width:920px;margin:auto}
section{background:var(--paper);border:1px solid var(--line);border-radius:12px;
padding:16px 22px 20px;margin:18px 14px}
h2{margin:.1em 0 .6em;font-size:1.15rem}h3{margin:.8em 0 .2em;font-size:1rem;color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px}
.card{background:var(--wash);border-radius:9px;padding:10px 13px}
.card b{display:block;font-size:1.5rem;line-height:1.2}.card span{display:block}
.card small{color:var(--soft)}
video,.stills img{width:100%;border-radius:8px;display:block}
.stills{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));
gap:10px;margin-top:10px}
svg{width:100%;height:auto;display:block}svg.map{max-height:640px;background:#dfe9ee;border-radius:8px}
svg text{font-family:inherit}
.axis{font-size:11px;fill:#6b737c}.end{text-anchor:end}.mid{text-anchor:middle}
.bar{font-size:11px;fill:#2b2f33}.grid{stroke:#e9ebec}
.curve{fill:none;stroke-width:1.6}.path{fill:none;stroke-linecap:round}
.kerb{fill:none;stroke:#b08d57;stroke-width:.12}.zone{fill:none;stroke:#17807e;stroke-width:.08;
stroke-dasharray:.4 .3}.zone.keepout{stroke:#c0392b}.zone.slow{stroke:#d9a441}
.place{fill:#3b7dd8;opacity:.6}.tag{font-size:.85px;fill:#22262b}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.85rem;color:var(--soft);margin-top:6px}
.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px}
table{border-collapse:collapse;width:100%;font-size:.86rem}
td,th{border-bottom:1px solid var(--line);padding:4px 8px;text-align:left;vertical-align:top;
word-break:break-word}summary{cursor:pointer;color:var(--soft);margin-top:.6em}
</style></head>
<body><header><div><h1>{{title}}</h1><p>{{lead}}</p></div></header>
<main>{{body}}</main></body></html>
"""
"""Frame of every report, with the marks ``{{title}}``, ``{{lead}}`` and ``{{body}}``."""
