import { frequencyTicks } from 'antitransfer/charts';
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  drawPicture,
  drawScale,
  frameAt,
  type Picture,
  readoutOf,
  secondsAt,
  shareOf,
  signed,
} from './picture.ts';
import type { Player, Span } from './player.ts';

/** Pixels that a pointer must move to select instead of to seek. */
const DRAG = 4;

export interface SpectrogramProps {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly picture: Picture;
  readonly player: Player;
  /** Grows when the player has changed. */
  readonly moved: number;
  readonly loop: Span | undefined;
  readonly onLoop: (loop: Span | undefined) => void;
}

/** What the network was given, with a cursor at what is heard. Click goes there, drag loops; arrows do both without a pointer. */
export function Spectrogram({ label, picture, player, moved, loop, onLoop }: SpectrogramProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const [pointer, setPointer] = useState<readonly [frame: number, bin: number]>();
  const [bin, setBin] = useState(() => Math.floor(picture.bins / 4));
  const [drag, setDrag] = useState<Span>();
  const pressed = useRef<number | undefined>(undefined);

  useEffect(() => {
    if (canvas.current !== null) drawPicture(canvas.current, picture);
  }, [picture]);
  useFollow(picture, player, moved, playhead, slider);

  const placeOf = (event: PointerEvent) => {
    const box = slider.current?.getBoundingClientRect();
    if (box === undefined) return undefined;
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return { x: clamp(x), y: clamp(y) };
  };
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    slider.current?.setPointerCapture(event.pointerId);
    pressed.current = event.clientX;
  };
  const move = (event: PointerEvent) => {
    const place = placeOf(event);
    if (place === undefined) return;
    setPointer([
      Math.min(picture.frames - 1, Math.floor(place.x * picture.frames)),
      Math.min(picture.bins - 1, Math.floor((1 - place.y) * picture.bins)),
    ]);
    const start = pressed.current;
    if (start === undefined || Math.abs(event.clientX - start) < DRAG) return;
    const box = slider.current?.getBoundingClientRect();
    const begin = secondsAt(picture, clamp((start - (box?.left ?? 0)) / (box?.width ?? 1)));
    const end = secondsAt(picture, place.x);
    setDrag({ from: Math.min(begin, end), to: Math.max(begin, end) });
  };
  const release = (event: PointerEvent) => {
    const place = placeOf(event);
    if (pressed.current === undefined || place === undefined) return;
    pressed.current = undefined;
    setDrag(undefined);
    if (drag === undefined) player.seek(secondsAt(picture, place.x));
    else {
      player.seek(drag.from);
      onLoop(drag);
    }
  };
  const keys = (event: KeyboardEvent) => {
    const { position, duration } = player;
    const step = picture.hopSeconds * (event.shiftKey ? 10 : 1);
    const act: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => player.seek(position - step),
      ArrowRight: () => player.seek(position + step),
      ArrowUp: () => setBin((before) => Math.min(picture.bins - 1, before + 1)),
      ArrowDown: () => setBin((before) => Math.max(0, before - 1)),
      Home: () => player.seek(0),
      End: () => player.seek(duration),
      '[': () => onLoop({ from: position, to: Math.max(loop?.to ?? duration, position) }),
      ']': () => onLoop({ from: Math.min(loop?.from ?? 0, position), to: position }),
      Escape: () => onLoop(undefined),
    };
    const action = act[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setPointer(undefined);
    action();
  };

  const [frame, row] = pointer ?? [frameAt(picture, player.position), bin];
  const shown = drag ?? loop;
  const { place, seconds } = picture;
  return (
    <figure class="spectrogram">
      <div class="axis frequency" aria-hidden="true">
        <FrequencyTicks picture={picture} />
      </div>
      <div
        ref={slider}
        class="picture"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={seconds}
        aria-valuenow={0}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerLeave={() => pressed.current === undefined && setPointer(undefined)}
        onKeyDown={keys}
      >
        <canvas class="values" ref={canvas} />
        {place !== undefined && (
          <>
            <Padding picture={picture} from={-picture.hopSeconds} to={place.before} />
            <Padding
              picture={picture}
              from={seconds - place.after}
              to={picture.frames * picture.hopSeconds}
            />
          </>
        )}
        {shown !== undefined && <div class="loop" style={stretch(picture, shown)} />}
        <div
          class="cell"
          style={{
            left: percent(frame / picture.frames),
            bottom: percent(row / picture.bins),
            width: percent(1 / picture.frames),
            height: percent(1 / picture.bins),
          }}
        />
        <div class="playhead" ref={playhead} />
      </div>
      <div class="axis time" aria-hidden="true">
        <TimeTicks picture={picture} />
      </div>
      <figcaption>
        <output class="readout">{readoutOf(picture, frame, row)}</output>
        <ColourScale contrast={picture.contrast} />
      </figcaption>
    </figure>
  );
}

/** Keeps the cursor at what is heard, a frame of the screen after another, without the page being made anew. */
function useFollow(
  picture: Picture,
  player: Player,
  moved: number,
  playhead: { readonly current: HTMLElement | null },
  slider: { readonly current: HTMLElement | null },
) {
  useEffect(() => {
    let next = 0;
    const follow = () => {
      const { position } = player;
      playhead.current?.style.setProperty('left', percent(shareOf(picture, position)));
      slider.current?.setAttribute('aria-valuenow', position.toFixed(3));
      slider.current?.setAttribute('aria-valuetext', `${position.toFixed(2)} seconds`);
      if (player.playing) next = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(next);
  }, [picture, player, moved]);
}

/** Zeros that were put before or behind the clip. */
function Padding({
  picture,
  from,
  to,
}: {
  readonly picture: Picture;
  readonly from: number;
  readonly to: number;
}) {
  const [begin, end] = [shareOf(picture, from), shareOf(picture, to)];
  // Less than half a frame is no padding that one could see.
  if (end - begin < 0.5 / picture.frames + 1e-9) return null;
  return (
    <div class="padding" style={{ left: percent(begin), width: percent(end - begin) }}>
      <span>padding</span>
    </div>
  );
}

function FrequencyTicks({ picture: { frequencies, bins } }: { readonly picture: Picture }) {
  if (frequencies === undefined) return <span class="unit">coefficient</span>;
  return (
    <>
      <span class="unit">kHz</span>
      {frequencyTicks(frequencies).map(({ bin, kilohertz }) => (
        <span key={kilohertz} class="tick" style={{ bottom: percent((bin + 0.5) / bins) }}>
          {kilohertz}
        </span>
      ))}
    </>
  );
}

function TimeTicks({ picture }: { readonly picture: Picture }) {
  const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10].find((one) => picture.seconds / one <= 8) ?? 30;
  const count = Math.floor(picture.seconds / step + 1e-6);
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  return (
    <>
      {Array.from({ length: count + 1 }, (_, i) => (
        <span key={i} class="tick" style={{ left: percent(shareOf(picture, i * step)) }}>
          {(i * step).toFixed(digits)}
          {i === 0 && ' s'}
        </span>
      ))}
    </>
  );
}

function ColourScale({ contrast: [low, high] }: Pick<Picture, 'contrast'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) drawScale(canvas.current);
  }, []);
  return (
    <span
      class="scale"
      title="In standard deviations from the mean of the training clips. What is beyond has the last colour."
    >
      ≤ {signed(low)} <canvas ref={canvas} /> ≥ {signed(high)}
    </span>
  );
}

function stretch(picture: Picture, { from, to }: Span) {
  const begin = shareOf(picture, from);
  return { left: percent(begin), width: percent(shareOf(picture, to) - begin) };
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(4)}%`;
}
