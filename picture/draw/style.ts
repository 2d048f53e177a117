/** The colours of the picture: those of text are legible on `page`, `cluster`, `box` and `alarmed`. */
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

/** Written out for each scheme, because programs that show an SVG outside a browser do not know CSS variables. */
const coloured = (of: typeof LIGHT) => `
.page{fill:${of.page}}
text{fill:${of.ink}}
.soft{fill:${of.muted}}
.cluster,.tag{fill:${of.cluster};stroke:${of.line}}
.box{fill:${of.box};stroke:${of.line}}
.badge{fill:${of.page};stroke:${of.ink}}
.wash{fill:${of.alarmed};stroke:${of.alarm}}
.stroke-Linkerd{stroke:${of.linkerd}}
.stroke-NATS{stroke:${of.nats}}
.stroke-alarm{stroke:${of.alarm}}
.stroke-near{stroke:${of.muted}}
.fill-Linkerd{fill:${of.linkerd}}
.fill-NATS{fill:${of.nats}}
.fill-alarm{fill:${of.alarm}}
.fill-near{fill:${of.muted}}`;

/** A browser that prints asks for the light scheme on some systems only, so that dark is for screens. */
export const STYLE = `
text{font:12px "Segoe UI",Roboto,"Helvetica Neue",Helvetica,Arial,sans-serif}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:11px}
.name{font-size:12.5px;font-weight:600}
.head{font-size:16px;font-weight:600}
.strong{font-weight:600}
.middle{text-anchor:middle}
path{fill:none}
.cluster{stroke-linejoin:round}
.externalCaller{stroke-dasharray:4 3}
.badge{stroke-width:1.2}
.stroke-Linkerd,.stroke-NATS{stroke-width:2.2}
.stroke-alarm{stroke-width:3;stroke-dasharray:7 5}
.stroke-near{stroke-width:1.4;stroke-dasharray:2 3}
.lock{stroke-width:1.5;stroke-dasharray:none}
text.fill-alarm{font-weight:600}${coloured(LIGHT)}
@media screen and (prefers-color-scheme:dark){${coloured(DARK)}
}
@page{margin:10mm}
@media print{
svg{width:100%;height:auto}
.page{fill:#fff}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
