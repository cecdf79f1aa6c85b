/** Colours and text of plots, on a page or as a file of their own; light and dark. */
export const plotStyle = `
:root { --paper: #fdfdfc; --ink: #1d2126; --pale: #6b737d; --rule: #e0e2e5; --series-0: #2f6fb3; --series-1: #c8622d; --series-2: #3d8f5f; --series-3: #8a5aa8; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e4e6e9; --pale: #98a0aa; --rule: #33383e; --series-0: #6aa7e8; --series-1: #e59461; --series-2: #6cc08f; --series-3: #b98fd6; } }
svg text { font: 14px system-ui, sans-serif; fill: var(--pale); } svg .plot-title { fill: var(--ink); font-weight: 600; }
.grid { stroke: var(--rule); }
`;

/**
 * How pages look that are one file: their colours are those of the plots,
 * light and dark. Plots are never so narrow that their text could not be
 * read, and tables neither: on a phone both scroll in frames of their own.
 */
export const pageStyle = `${plotStyle}
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--rule); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.said { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 10rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 1rem; }
div.wide { max-width: 44rem; }
.plots > * { min-width: 0; } .plot { overflow-x: auto; min-width: 0; border: 1px solid var(--rule); border-radius: 4px; }
svg { display: block; width: 100%; min-width: 34rem; height: auto; }
p, li { overflow-wrap: anywhere; }
.pale { color: var(--pale); }
`;
