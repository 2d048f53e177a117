/** The colours of the page: text ones are legible on `page`, `cluster`, `box` and `alarmed`. */
export const LIGHT = {
  page: '#fcfcfa',
  cluster: '#f1f4f6',
  box: '#ffffff',
  alarmed: '#fdebea',
  line: '#b9c3cd',
  ink: '#1b2430',
  muted: '#535f6e',
  linkerd: '#0a6f69',
  nats: '#3a4fc0',
  alarm: '#b3191f',
};

export const DARK: typeof LIGHT = {
  page: '#12161b',
  cluster: '#1a2027',
  box: '#222a33',
  alarmed: '#3a1d1f',
  line: '#465462',
  ink: '#e8edf2',
  muted: '#a3b0bd',
  linkerd: '#4cc9bf',
  nats: '#9aa8ff',
  alarm: '#ff8f88',
};

const variables = (colours: typeof LIGHT) =>
  Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

export const STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:28px 20px 48px;max-width:1396px;background:var(--page);color:var(--ink);
font:14px/1.5 "Segoe UI",Roboto,"Helvetica Neue",Helvetica,Arial,sans-serif}
h1{font-size:24px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:17px;margin:36px 0 10px}
p{margin:0 0 12px;max-width:110ch}
.lead{color:var(--muted)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
.alarm{color:var(--alarm);font-weight:600}
.banner{background:var(--alarmed);border-left:4px solid var(--alarm);color:var(--alarm);font-weight:600;
padding:10px 14px;margin:14px 0;max-width:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 26px;margin:14px 0;padding:0;color:var(--muted);font-size:13px}
.legend svg{vertical-align:middle;margin-right:6px}
.legend b{color:var(--ink);font-weight:600;margin-right:2px}
.wide{overflow-x:auto}
.picture{display:block;width:100%;min-width:1080px;height:auto}
table{border-collapse:collapse;width:100%;font-size:13px;line-height:1.4}
th,td{text-align:left;vertical-align:top;padding:8px 12px 8px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{color:var(--muted);font-weight:600;border-bottom-width:2px;overflow-wrap:normal}
tbody th{font-weight:600}
#hops th:nth-child(1){width:3%}#hops th:nth-child(2){width:14%}#hops th:nth-child(3){width:18%}
#hops th:nth-child(4){width:28%}#hops th:nth-child(5){width:17%}
td ul{list-style:none;margin:0;padding:0}
.members{color:var(--muted);font-size:12px}
svg text{font-family:"Segoe UI",Roboto,"Helvetica Neue",Helvetica,Arial,sans-serif;font-size:11.5px;fill:var(--ink)}
svg .mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:10px}
svg .name{font-size:12px;font-weight:600}
svg .head{font-size:16px;font-weight:600}
svg .soft{fill:var(--muted)}
svg .strong{font-weight:600}
svg .middle{text-anchor:middle}
.cluster{fill:var(--cluster);stroke:var(--line);stroke-linejoin:round}
.box{fill:var(--box);stroke:var(--line)}
.guest{stroke-dasharray:4 3}
.tag{fill:var(--cluster);stroke:var(--line)}
.badge{fill:var(--page);stroke:var(--ink);stroke-width:1.2}
.stroke-Linkerd{stroke:var(--linkerd);stroke-width:2.2}
.stroke-NATS{stroke:var(--nats);stroke-width:2.2}
.stroke-alarm{stroke:var(--alarm);stroke-width:3;stroke-dasharray:7 5}
.stroke-near{stroke:var(--muted);stroke-width:1.4;stroke-dasharray:2 3}
.fill-Linkerd{fill:var(--linkerd)}
.fill-NATS{fill:var(--nats)}
.fill-alarm{fill:var(--alarm)}
.fill-near{fill:var(--muted)}
svg text.fill-Linkerd{fill:var(--linkerd)}
svg text.fill-NATS{fill:var(--nats)}
svg text.fill-alarm{fill:var(--alarm);font-weight:600}
.wash{fill:var(--alarmed);stroke:var(--alarm)}
@page{size:A4 landscape;margin:10mm}
@media print{
:root{--page:#fff}
body{padding:0;max-width:none;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.picture{min-width:0;max-height:146mm}
.wide{overflow:visible}
tr,.legend{break-inside:avoid}
.members{break-inside:auto}
h2{break-after:avoid}
table{font-size:11px}
}
`.trim();
