import type { MapView } from '../../../../src/views/map.ts';

/** Pixels that the picture is drawn at; it is shown as wide as there is room. */
const SIDE = 560;
const MARGIN = 18;

/** Marks that stay apart without their colours: a label has a colour and a shape. */
const SHAPES: readonly string[] = [
  'M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0',
  'M-4.5 -4.5H4.5V4.5H-4.5Z',
  'M0 -6L5.5 4.5H-5.5Z',
  'M0 -6.2L6.2 0L0 6.2L-6.2 0Z',
  'M-5.5 -4.5H5.5L0 6Z',
  'M-2 -6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z',
  'M0 -6.5L1.8 -2L6.5 -2L2.8 1.2L4 6L0 3.2L-4 6L-2.8 1.2L-6.5 -2L-1.8 -2Z',
];

/** How a label is drawn; the eighth looks as the first, but hollow. */
export function markOf(at: number) {
  const hue = `var(--hue-${at % SHAPES.length})`;
  const isHollow = Math.floor(at / SHAPES.length) % 2 === 1;
  return { d: SHAPES[at % SHAPES.length], stroke: hue, fill: isHollow ? 'var(--paper)' : hue };
}

/** Clips on a plane. A click chooses one; whoever has no pointer chooses in the list below. */
export function MapChart({
  map,
  labels,
  column,
  chosen,
  onChoose,
}: {
  readonly map: MapView;
  /** In the order of their marks. */
  readonly labels: readonly string[];
  readonly column: string;
  readonly chosen: string | undefined;
  readonly onChoose: (clip: string) => void;
}) {
  const scale = scaleOf(map);
  return (
    <svg
      class="map"
      viewBox={`0 0 ${SIDE} ${SIDE}`}
      role="img"
      aria-label={`Test clips by ${column}; the list below names them.`}
    >
      <rect width={SIDE} height={SIDE} fill="none" stroke="var(--rule)" />
      {map.points.map(({ clip, x, y, labels: own }) => {
        const label = own[column] ?? '';
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list below does the same by keyboard
          <g
            key={clip}
            class={clip === chosen ? 'chosen' : undefined}
            transform={`translate(${scale(x, y).join(' ')})`}
            onClick={() => onChoose(clip)}
          >
            {clip === chosen && <circle r="11" fill="none" stroke="var(--ink)" stroke-width="2" />}
            <path {...markOf(labels.indexOf(label))} stroke-width="1.5" fill-opacity="0.75" />
            <title>{`${label}: ${clip}`}</title>
          </g>
        );
      })}
    </svg>
  );
}

/** Both axes have one scale: distances are what they are. */
function scaleOf({ points }: MapView) {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const size = Math.max(right - left, high - low) || 1;
  const factor = (SIDE - 2 * MARGIN) / size;
  return (x: number, y: number): [number, number] => [
    SIDE / 2 + factor * (x - (left + right) / 2),
    SIDE / 2 - factor * (y - (low + high) / 2),
  ];
}
