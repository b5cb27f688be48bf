import type { Markup } from 'antitransfer/charts';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

/**
 * One of the report's charts, as wide as there is room for; it is drawn anew when `draw` is another function. What it writes of names
 * and labels is escaped by it.
 */
export function Chart({ draw }: { readonly draw: (width: number) => Markup }) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (place.current === null) return;
    // Looked at is what has no height: a chart that is drawn for its width must not be another change to tell of.
    const seen = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    seen.observe(place.current);
    return () => seen.disconnect();
  }, []);
  const source = useMemo(() => (width > 0 ? draw(width).source : ''), [draw, width]);
  // An SVG of the report's charts, whose texts are escaped.
  return (
    <>
      <div ref={place} />
      <div class="chart-place" dangerouslySetInnerHTML={{ __html: source }} />
    </>
  );
}
