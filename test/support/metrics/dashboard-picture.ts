import { startBrowser } from '../browser';
import { textOf } from '../repository';
import type { PrometheusServer, Series } from './prometheus-server';

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Line {
  readonly label: string;
  readonly values: Series['values'];
}

interface DrawnPanel extends Panel {
  readonly lines: readonly Line[];
}

const COLOURS = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#ffa6b0'];
const [WIDTH, HEIGHT, LEFT] = [420, 150, 52];

/** The panels of docker/prometheus/dashboard.json with what Prometheus has for each query; throws for a query without any series. */
export async function panelsOfDashboard(
  prometheus: PrometheusServer,
  from: number,
  to: number,
): Promise<readonly DrawnPanel[]> {
  const { panels }: { panels: readonly Panel[] } = JSON.parse(textOf('docker/prometheus/dashboard.json'));
  const drawn: DrawnPanel[] = [];
  for (const panel of panels) {
    const lines: Line[] = [];
    for (const { expr, legendFormat } of panel.targets) {
      const query = expr.replaceAll('$__rate_interval', '6s').replaceAll('$instance', '.*');
      const series = await prometheus.range(query, from, to);
      if (series.length === 0) throw new Error(`${panel.title}: Prometheus has nothing for ${query}`);
      for (const { labels, values } of series)
        lines.push({ label: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => labels[name] ?? ''), values });
    }
    drawn.push({ ...panel, lines });
  }
  return drawn;
}

/** Draws the panels as a PNG. */
export async function drawDashboard(
  panels: readonly DrawnPanel[],
  from: number,
  to: number,
  file: string,
): Promise<void> {
  const browser = await startBrowser();
  try {
    const page = await browser.context.newPage();
    await page.setViewportSize({ width: 3 * (WIDTH + 24) + 16, height: 600 });
    await page.setContent(pageOf(panels.map((panel) => panelOf(panel, from, to))));
    await page.screenshot({ path: file, fullPage: true });
  } finally {
    await browser.close();
  }
}

const pageOf = (panels: readonly string[]) => `<!doctype html><meta charset="utf-8"><style>
body { margin: 8px; background: #111217; color: #ccccdc; font: 12px sans-serif; display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px }
section { background: #181b1f; border: 1px solid #2a2d33; border-radius: 3px; padding: 6px }
h2 { font-size: 13px; margin: 0 0 4px } li { display: inline-block; margin-right: 10px; font-size: 10px } ul { margin: 2px 0 0; padding: 0 }
text { fill: #8e8e99; font-size: 10px }</style>${panels.join('')}`;

function panelOf({ title, lines, fieldConfig }: DrawnPanel, from: number, to: number): string {
  const values = lines.flatMap((line) => line.values.map(([, value]) => value)).filter(Number.isFinite);
  const top = Math.max(...values, 1e-6) * 1.1;
  const x = (time: number) => LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT);
  const y = (value: number) => HEIGHT - 14 - (value / top) * (HEIGHT - 22);
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(top * share);
    const label = formatted(top * share, fieldConfig.defaults.unit);
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${at}" y2="${at}" stroke="#24272d"/><text x="${LEFT - 4}" y="${at + 3}" text-anchor="end">${label}</text>`;
  });
  const times = [0, 0.25, 0.5, 0.75].map((share) => {
    const seconds = Math.round((to - from) * share);
    return `<text x="${x(from + seconds)}" y="${HEIGHT}">${seconds} s</text>`;
  });
  const drawn = lines.map(({ values: points }, index) => {
    const path = points
      .filter(([, value]) => Number.isFinite(value))
      .map(([time, value], point, all) => {
        // A gap in the values is a gap in the line.
        const isJoined = point > 0 && time - (all[point - 1]?.[0] ?? 0) < 5;
        return `${isJoined ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
      });
    return `<path d="${path.join('')}" fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.3"/>`;
  });
  const legend = lines.map(({ label }, index) => `<li style="color:${COLOURS[index % COLOURS.length]}">${label}</li>`);
  return `<section><h2>${title}</h2><svg width="${WIDTH}" height="${HEIGHT + 4}">${[...grid, ...times, ...drawn].join('')}</svg><ul>${legend.join('')}</ul></section>`;
}

function formatted(value: number, unit: string): string {
  if (unit === 'bytes') return `${(value / 2 ** 20).toFixed(value < 2 ** 24 ? 1 : 0)} MiB`;
  if (unit === 's') return value >= 1 ? `${value.toFixed(1)} s` : `${(1000 * value).toFixed(value < 0.01 ? 1 : 0)} ms`;
  return value >= 10 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1);
}
