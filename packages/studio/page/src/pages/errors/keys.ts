import { useEffect } from 'preact/hooks';

export interface KeyActions {
  readonly next: () => void;
  readonly previous: () => void;
  readonly toggle: () => void;
}

/** J and K go to the next and the previous clip, the space bar plays and pauses; not where keys are for something else. */
export function useKeys({ next, previous, toggle }: KeyActions): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target } = event;
      if (target instanceof Element && target.closest('input, select, textarea, [contenteditable]')) return;
      const action = { j: next, k: previous }[event.key.toLowerCase()];
      const isSpace = event.key === ' ' && !(target instanceof Element && target.closest('button, summary'));
      if (action === undefined && !isSpace) return;
      event.preventDefault();
      if (action !== undefined) action();
      else if (!event.repeat) toggle();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [next, previous, toggle]);
}
