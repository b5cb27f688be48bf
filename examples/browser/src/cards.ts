import { missingClips, type SoundClass } from './classes.js';
import { drawClip } from './picture.js';
import { play } from './playing.js';
import type { Slices } from './slices.js';

/** What the user may do with a class of own sounds. */
export interface Actions {
  record(sound: SoundClass, pressed: HTMLButtonElement): void;
  addFiles(sound: SoundClass, files: readonly File[]): void;
  remove(sound: SoundClass): void;
}

/** A card for a class: its last clips as spectrograms, drawn in slices, and what may be done with it. */
export async function cardOf(sound: SoundClass, actions: Actions, slices: Slices): Promise<HTMLElement> {
  const card = document.createElement('div');
  card.className = 'class';
  card.dataset.name = sound.name;
  const title = document.createElement('h3');
  const count = document.createElement('small');
  title.textContent = sound.name;
  count.textContent = sound.clips.length === 1 ? '1 clip' : `${sound.clips.length} clips`;
  title.append(count);
  const clips = document.createElement('div');
  clips.className = 'clips';
  const shown = sound.own ? sound.clips.slice(-4) : sound.clips.slice(0, 4);
  for (const samples of shown) {
    clips.append(pictureOf(samples));
    await slices.pause();
  }
  card.append(title, clips);
  if (sound.own) card.append(buttonsOf(sound, actions));
  return card;
}

/** A spectrogram that is heard when it is pressed. */
export function pictureOf(samples: Float32Array): HTMLButtonElement {
  const picture = document.createElement('button');
  picture.type = 'button';
  picture.className = 'picture';
  picture.setAttribute('aria-label', 'Play');
  const canvas = document.createElement('canvas');
  drawClip(canvas, samples);
  picture.append(canvas);
  picture.onclick = () => play(samples);
  return picture;
}

function buttonsOf(sound: SoundClass, actions: Actions): HTMLElement {
  const row = document.createElement('div');
  row.className = 'actions';
  const [record, files, remove] = ['Record', 'Add files', 'Remove'].map((text) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    return made;
  }) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
  record.onclick = () => actions.record(sound, record);
  const chosen = document.createElement('input');
  Object.assign(chosen, { type: 'file', multiple: true, accept: 'audio/*', hidden: true });
  chosen.onchange = () => actions.addFiles(sound, [...(chosen.files ?? [])]);
  files.onclick = () => chosen.click();
  remove.onclick = () => actions.remove(sound);
  row.append(record, files, chosen, remove);
  const missing = missingClips(sound);
  if (missing > 0) {
    const hint = document.createElement('p');
    hint.className = 'hint';
    hint.textContent = `${missing} more needed to learn it`;
    row.append(hint);
  }
  return row;
}
