"""The quality report's frame: A4 on paper, Chinese first, English beside it."""

from __future__ import annotations

SHEET = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{title}}</title>
<style>
@page{size:A4;margin:13mm 12mm 14mm}
:root{--ink:#1f2428;--soft:#626a72;--line:#dfe2e4;--wash:#f4f5f2}
*{box-sizing:border-box;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0;background:#fff;color:var(--ink);font:14px/1.5 "Noto Sans CJK SC","Noto Sans SC",
"PingFang SC","Microsoft YaHei",system-ui,"Noto Sans",sans-serif}
main{max-width:880px;margin:auto;padding:26px 22px 40px}
header{border-bottom:3px solid #17807e;padding-bottom:10px;margin-bottom:14px}
h1{margin:0;font-size:1.75rem;line-height:1.25}h1 i,h2 i,h3 i{font-style:normal;font-weight:400;
color:var(--soft);font-size:.72em;margin-left:.5em}
header p{margin:.25em 0 0;color:var(--soft)}
h2{font-size:1.16rem;margin:26px 0 8px;padding-left:9px;border-left:4px solid #17807e;
break-after:avoid}
h3{font-size:1rem;margin:14px 0 4px;break-after:avoid}
p{margin:.45em 0}.en{color:var(--soft)}td .en,th .en,figcaption .en{display:block;font-size:.86em;
font-weight:400;line-height:1.3}
.note{background:#fff7e6;border:1px solid #ecd9ae;border-radius:6px;padding:8px 12px;margin:12px 0}
.result{font-size:1.05rem;border-radius:6px;padding:9px 13px;margin:12px 0;border:1px solid}
.result.all{background:#eaf5ee;border-color:#9fcfb2}.result.some{background:#fdf1ec;
border-color:#e9bda9}
.amounts{display:grid;grid-template-columns:repeat(4,1fr);gap:8px;margin:10px 0}
.amounts div{background:var(--wash);border-radius:6px;padding:7px 11px}
.amounts b{display:block;font-size:1.22rem;line-height:1.3}
.amounts span{font-size:.86rem;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th{text-align:left;border-bottom:2px solid #b9bec2;padding:4px 8px;font-size:.86rem;
vertical-align:bottom}td{border-bottom:1px solid var(--line);padding:4px 8px;vertical-align:top}
tr{break-inside:avoid}td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.kept{color:#1d7a46;font-weight:700}.broken{color:#c0392b;font-weight:700}.none{color:var(--soft)}
sup.m{color:#a06a00}
.maps{display:grid;grid-template-columns:1fr 1fr;gap:12px 16px}
.maps.wide{grid-template-columns:1fr}
figure{margin:0;break-inside:avoid}figcaption{font-size:.88rem;margin-bottom:4px}
svg{width:100%;height:auto;display:block}svg.zone{background:#e9ebe8;border:1px solid var(--line);
max-height:420px}
svg text{font-family:inherit}.axis{font-size:11px;fill:#626a72}.end{text-anchor:end}
.mid{text-anchor:middle}.bar{font-size:11px;fill:#2b2f33}.grid{stroke:#e3e5e7}
.asked{stroke:#0b3d3a;stroke-width:1.2;stroke-dasharray:5 3}
.cut{stroke:#8f9499;stroke-dasharray:2 3}
.curve{fill:none;stroke-width:1.8}.kerb{fill:none;stroke:#5b4a33;stroke-width:.07}
.edge{fill:none;stroke:#17807e;stroke-width:.05;stroke-dasharray:.25 .2}.ground{fill:#fff}
.gap{stroke-width:.24;stroke-linecap:square}
.litter{fill:#c0392b;stroke:#fff;stroke-width:.02}.mark{font-weight:700;fill:#111;
paint-order:stroke;stroke:#fff}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:.82rem;color:var(--soft);
margin:4px 0 8px}
.legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px}
.ramp{display:flex;align-items:center;gap:7px;font-size:.82rem;color:var(--soft);margin:6px 0}
.ramp b{display:block;height:11px;width:180px;border:1px solid var(--line)}

.photos{display:grid;grid-template-columns:1fr 1fr 1fr;gap:10px}.photos img{width:100%;
border-radius:5px;display:block}
.sign{display:grid;grid-template-columns:1fr 1fr 1fr;gap:26px;margin-top:34px;break-inside:avoid}
.sign span{border-top:1px solid #666;padding-top:4px;font-size:.86rem;color:var(--soft)}
.tag{display:inline-block;border-radius:4px;padding:0 6px;font-size:.82rem}
.tag.truth{background:#dcefe9}.tag.belief{background:#e8e4f3}
footer{margin-top:26px;color:var(--soft);font-size:.82rem;border-top:1px solid var(--line);
padding-top:8px}
a{color:#0f6a68}
@media print{main{padding:0;max-width:none}html{font-size:13px}body{font-size:12px}
.page{break-before:page}.keep{break-inside:avoid}
a{color:inherit;text-decoration:none}}
@media (max-width:640px){.amounts{grid-template-columns:1fr 1fr}
.maps,.photos{grid-template-columns:1fr}}
</style></head><body><main>{{body}}</main></body></html>
"""
"""Frame of the quality report, with the marks ``{{title}}`` and ``{{body}}``."""
