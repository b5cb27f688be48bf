import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** How loud it is: whoever speaks sees that the microphone hears. */
export function Meter({
  level,
}: {
  readonly level: RefObject<{ readonly peak: number; readonly hearing: boolean }>;
}) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let frame = requestAnimationFrame(function draw() {
      const { peak = 0, hearing = false } = level.current ?? {};
      // From −60 dB to full scale.
      const share = peak <= 1e-3 ? 0 : 1 + Math.log10(peak) / 3;
      bar.current?.style.setProperty('--part', share.toFixed(2));
      bar.current?.classList.toggle('hearing', hearing);
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [level]);
  return <span class="meter" aria-hidden="true" ref={bar} />;
}
