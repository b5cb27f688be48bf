const [width, height, left, bottom] = [440, 180, 34, 20];

export interface Curve {
  readonly points: readonly (readonly [step: number, value: number])[];
  /** Drawn faintly, behind the others. */
  readonly faint?: boolean;
}

/** Draws curves over the steps, from 0 to `top`. */
export function drawChart(
  svg: Element,
  curves: readonly Curve[],
  top: number,
  label: (value: number) => string,
): void {
  const last = Math.max(10, ...curves.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const x = (step: number) => left + ((width - left) * step) / last;
  const y = (value: number) => 6 + (height - bottom - 6) * (1 - Math.min(value, top) / top);
  const lines = [0, 0.5, 1].map((part) => {
    const at = y(part * top).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${width}" y1="${at}" y2="${at}"/><text x="${left - 6}" y="${at}" dy="4" text-anchor="end">${label(part * top)}</text>`;
  });
  const paths = curves.map(({ points, faint }) => {
    const path = thinned(points)
      .map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`)
      .join(' ');
    return `<polyline class="curve${faint ? ' faint' : ''}" points="${path}"/>`;
  });
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.innerHTML = `${lines.join('')}${paths.join('')}<text x="${width}" y="${height - 4}" text-anchor="end">step ${last}</text>`;
}

/** No more points than the chart has places for; the last is among them. */
function thinned(points: Curve['points']): Curve['points'] {
  const every = Math.ceil(points.length / width);
  return every <= 1 ? points : points.filter((_, i) => (points.length - 1 - i) % every === 0);
}
