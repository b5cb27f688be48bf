import { type Capture, capture } from 'antitransfer/browser/capture';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type HeardAs, Listener, type SpokenSound } from './listener.ts';

/** Of the studio's files; see its configuration of Vite. */
const CAPTURE = './assets/capture.js';

export type MicrophoneState = 'closed' | 'opening' | 'open';

/** A microphone that is opened and closed by hand, and closed with the page. */
export function useMicrophone(as: HeardAs, onSound: (sound: SpokenSound, sampleRate: number) => void) {
  const [state, setState] = useState<MicrophoneState>('closed');
  const [problem, setProblem] = useState<string>();
  /** The loudest sample lately, and whether somebody speaks: drawn without waiting for the page. */
  const level = useRef({ peak: 0, hearing: false });
  const opened = useRef<Promise<Capture> | undefined>(undefined);
  const finish = useRef<(() => void) | undefined>(undefined);

  const close = async () => {
    const microphone = opened.current;
    opened.current = undefined;
    await microphone?.then(
      (one) => one.close(),
      () => undefined,
    );
    finish.current?.();
    finish.current = undefined;
    level.current = { peak: 0, hearing: false };
  };
  useEffect(() => () => void close(), []);

  const stop = async () => {
    await close();
    setState('closed');
  };
  const open = async () => {
    setState('opening');
    setProblem(undefined);
    let listener: Listener | undefined;
    let rate = 0;
    const onSamples = (samples: Float32Array) => {
      // What comes before the rate is known is the first moment of silence.
      if (listener === undefined) return;
      for (const sound of listener.push(samples)) onSound(sound, rate);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      level.current = { peak: Math.max(peak, 0.8 * level.current.peak), hearing: listener.hearing };
    };
    opened.current = capture(undefined, { onSamples, onEnd: stop }, CAPTURE);
    finish.current = () => {
      for (const sound of listener?.end() ?? []) onSound(sound, rate);
    };
    try {
      rate = (await opened.current).sampleRate;
      listener = new Listener(rate, as);
      setState('open');
    } catch (error) {
      opened.current = undefined;
      finish.current = undefined;
      setState('closed');
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };

  return { state, problem, level, open, close: stop };
}
