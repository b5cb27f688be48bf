import { cardOf } from './cards.js';
import type { SoundClass, SoundClasses } from './classes.js';
import { classOf, clipOf, droppedFiles, type FoundFile } from './files.js';
import { record } from './microphone.js';
import { element, show, told } from './page.js';
import { Slices } from './slices.js';

/** What a gallery tells of. */
export interface Changes {
  /** Before clips come or go, or other classes are to be learned: a training must not go on with the old ones. */
  changing(): Promise<void>;
  changed(): void;
}

/** The classes with their clips, and what comes to them: recordings, files that are dropped or chosen. */
export class Gallery {
  readonly #sounds: SoundClasses;
  readonly #changes: Changes;

  constructor(sounds: SoundClasses, changes: Changes) {
    this.#sounds = sounds;
    this.#changes = changes;
    const section = element('sounds');
    section.ondragover = (event) => {
      event.preventDefault();
      section.classList.add('is-over');
    };
    section.ondragleave = ({ relatedTarget }) => {
      if (!section.contains(relatedTarget as Node | null)) section.classList.remove('is-over');
    };
    section.ondrop = async (event) => {
      event.preventDefault();
      section.classList.remove('is-over');
      if (event.dataTransfer === null) return;
      const card = (event.target as Element).closest<HTMLElement>('.class');
      const target = this.#sounds.all.find(({ own, name }) => own && name === card?.dataset.name);
      await this.#addFiles(await droppedFiles(event.dataTransfer), target);
    };
    const chosen = element<HTMLInputElement>('files');
    chosen.onchange = async () => {
      await this.#addFiles([...(chosen.files ?? [])].map((file) => ({ file })));
      chosen.value = '';
    };
  }

  /** Draws one class: in place of its card, or as the last. */
  async draw(sound: SoundClass): Promise<void> {
    const actions = {
      record: (sound: SoundClass, pressed: HTMLButtonElement) => this.#record(sound, pressed),
      addFiles: (sound: SoundClass, files: readonly File[]) =>
        this.#addFiles(
          files.map((file) => ({ file })),
          sound,
        ),
      remove: (sound: SoundClass) => this.#remove(sound),
    };
    const card = await cardOf(sound, actions, new Slices());
    const before = this.#cardOf(sound);
    if (before === undefined) element('classes').append(card);
    else before.replaceWith(card);
    this.#changes.changed();
  }

  /** Records a second while a button is pressed; says so when there is no microphone. */
  async recording(pressed: HTMLButtonElement): Promise<Float32Array | undefined> {
    const label = pressed.textContent;
    pressed.disabled = true;
    pressed.textContent = 'Recording …';
    try {
      show('told', '');
      return await record();
    } catch (error) {
      show('told', `The microphone cannot be used: ${told(error)}.`);
      return undefined;
    } finally {
      pressed.disabled = false;
      pressed.textContent = label;
    }
  }

  async #record(sound: SoundClass, pressed: HTMLButtonElement): Promise<void> {
    const samples = await this.recording(pressed);
    if (samples !== undefined) await this.#add(sound, [samples]);
  }

  /** Adds files to a class, or each to the class of its name. */
  async #addFiles(files: readonly FoundFile[], target?: SoundClass): Promise<void> {
    const [clips, refused] = [new Map<string, Float32Array[]>(), [] as string[]];
    for (const [i, found] of files.entries()) {
      show('told', `Reading ${i + 1} of ${files.length} …`);
      const name = target?.name ?? classOf(found);
      try {
        const clip = await clipOf(found.file);
        clips.set(name, [...(clips.get(name) ?? []), clip]);
      } catch {
        refused.push(found.file.name);
      }
    }
    for (const [name, some] of clips) await this.#add(target ?? (await this.#sounds.own(name)), some);
    const wrong = `The browser cannot read ${refused.slice(0, 3).join(', ')}${refused.length > 3 ? ' …' : ''}.`;
    show('told', refused.length > 0 ? wrong : '');
  }

  async #add(sound: SoundClass, clips: readonly Float32Array[]): Promise<void> {
    await this.#changes.changing();
    await this.#sounds.add(sound, clips).catch((error: unknown) => {
      show('told', `The clips are not kept over a reload: ${told(error)}.`);
    });
    await this.draw(sound);
  }

  async #remove(sound: SoundClass): Promise<void> {
    await this.#changes.changing();
    await this.#sounds.remove(sound);
    this.#cardOf(sound)?.remove();
    this.#changes.changed();
  }

  #cardOf({ name }: SoundClass): HTMLElement | undefined {
    const cards = [...element('classes').children] as HTMLElement[];
    return cards.find(({ dataset }) => dataset.name === name);
  }
}
