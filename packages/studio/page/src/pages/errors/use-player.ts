import { useEffect, useRef, useState } from 'preact/hooks';
import { askBytes } from '../../ask.ts';
import { Player, type Span } from './player.ts';

export interface UsedPlayer {
  readonly player: Player;
  /** Grows when it begins or ends to play, and when it was moved. */
  readonly moved: number;
  /** Why the clip cannot be heard. */
  readonly problem: string | undefined;
  readonly play: () => void;
}

/**
 * A player that has the sound of an address. When another clip is chosen while it plays, that one is played.
 *
 * @param address undefined as long as no clip is chosen
 */
export function usePlayer(address: string | undefined, rate: number, loop: Span | undefined): UsedPlayer {
  const [moved, setMoved] = useState(0);
  const [problem, setProblem] = useState<string>();
  const kept = useRef<Player | undefined>(undefined);
  kept.current ??= new Player(() => setMoved((before) => before + 1));
  const player = kept.current;
  /** Whether it played before the clip that is awaited, and perhaps before others that were passed over. */
  const wasPlaying = useRef(false);

  useEffect(() => () => player.close(), [player]);
  useEffect(() => player.setRate(rate), [player, rate]);
  useEffect(() => player.setLoop(loop), [player, loop?.from, loop?.to]);
  useEffect(() => {
    setProblem(undefined);
    if (address === undefined) return;
    const stop = new AbortController();
    wasPlaying.current ||= player.playing;
    player.unload();
    askBytes(address, stop.signal)
      .then(async (bytes) => {
        await player.load(bytes);
        if (stop.signal.aborted) return;
        const plays = wasPlaying.current;
        wasPlaying.current = false;
        if (plays) await player.play();
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        wasPlaying.current = false;
        setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => stop.abort();
  }, [player, address]);
  const play = () => {
    setProblem(undefined);
    player
      .play()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };
  return { player, moved, problem, play };
}
