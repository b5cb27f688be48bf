import { type DeviceChoice, Random } from 'onnx-autograd';
import { pictureOf } from './cards.js';
import { SoundClasses } from './classes.js';
import { Curves } from './curves.js';
import { Gallery } from './gallery.js';
import { button, element, show, told } from './page.js';
import { play } from './playing.js';
import { Slices } from './slices.js';
import { SoundTraining } from './training.js';

const random = new Random(7);
const sounds = new SoundClasses();
const curves = new Curves({ loss: element('loss-chart'), accuracy: element('accuracy-chart') });
/** What needs a training. */
const later = ['reset', 'download', 'try-held-out', 'try-microphone'];

let training: SoundTraining | undefined;
let running: Promise<void> | undefined;
let stopping = false;
/** Whether all clips are there. */
let ready = false;

/** What can be learned now, and what is missing. */
function showWhatCanBeLearned(): void {
  const enough = sounds.learnable.length >= 2;
  button('train').disabled = running === undefined && !(ready && enough);
  if (ready) show('message', enough ? '' : 'Two classes with four clips each are needed.');
}

const gallery = new Gallery(sounds, { changing: startOver, changed: showWhatCanBeLearned });

async function train(): Promise<void> {
  show('message', '');
  try {
    if (training === undefined) {
      show('taken', 'opening …');
      const device = element<HTMLSelectElement>('device').value as DeviceChoice;
      training = await SoundTraining.create(sounds.learnable.length, device);
      show('taken', training.device === 'webgpu' ? 'WebGPU' : 'WebAssembly');
    }
    for (const id of later) button(id).disabled = false;
    for await (const progress of training.run(sounds.split(false), sounds.split(true))) {
      const { step, loss, accuracy, milliseconds } = progress;
      curves.add(progress);
      if (accuracy !== undefined) show('accuracy', `${Math.round(100 * accuracy)}%`);
      show('threads', String(training.threads ?? '–'));
      show('step', String(step));
      show('loss', loss.toFixed(3));
      show('time', `${Math.round(milliseconds)} ms`);
      if (stopping) break;
    }
  } catch (error) {
    if (training === undefined) show('taken', '–');
    show('message', `${told(error)}.`);
  }
}

async function stop(): Promise<void> {
  stopping = true;
  await running;
}

async function startOver(): Promise<void> {
  await stop();
  await training?.close();
  training = undefined;
  curves.clear();
  for (const id of later) button(id).disabled = true;
  for (const id of ['taken', 'threads', 'loss', 'accuracy', 'time']) show(id, '–');
  show('step', '0');
  element('answer').hidden = true;
}

async function answer(samples: Float32Array, truth?: number): Promise<void> {
  if (training === undefined) return;
  const [probabilities] = await training.classify([samples]);
  element('heard').replaceChildren(pictureOf(samples));
  const bars = sounds.learnable.map(({ name }, i) => {
    const percent = Math.round(100 * (probabilities?.[i] ?? 0));
    const item = document.createElement('li');
    const [label, bar, filled, number] = ['span', 'div', 'i', 'b'].map((tag) =>
      document.createElement(tag),
    ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    label.textContent = i === truth ? `${name} ✓` : name;
    label.classList.toggle('is-true', i === truth);
    bar.className = 'bar';
    filled.style.width = `${percent}%`;
    bar.append(filled);
    number.textContent = `${percent}%`;
    item.append(label, bar, number);
    return item;
  });
  element('bars').replaceChildren(...bars);
  element('answer').hidden = false;
}

button('train').onclick = async ({ currentTarget }) => {
  const pressed = currentTarget as HTMLButtonElement;
  if (running !== undefined) return stop();
  stopping = false;
  pressed.textContent = 'Stop';
  running = train();
  await running;
  running = undefined;
  pressed.textContent = 'Train';
};
button('reset').onclick = startOver;
element<HTMLSelectElement>('device').onchange = startOver;

button('download').onclick = async () => {
  const bytes = await training?.export(sounds.learnable.map(({ name }) => name));
  if (bytes === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = 'sounds.onnx';
  link.click();
  URL.revokeObjectURL(link.href);
};

button('try-held-out').onclick = async () => {
  const { samples, label } = random.pick(sounds.split(true));
  play(samples);
  await answer(samples, label);
};
button('try-microphone').onclick = async ({ currentTarget }) => {
  const samples = await gallery.recording(currentTarget as HTMLButtonElement);
  if (samples !== undefined) await answer(samples);
};

element<HTMLFormElement>('new-class').onsubmit = async (event) => {
  event.preventDefault();
  const field = element<HTMLInputElement>('class-name');
  const name = field.value.trim();
  field.value = '';
  if (name !== '') await gallery.draw(await sounds.own(name));
};

element<HTMLInputElement>('made').onchange = async ({ currentTarget }) => {
  await startOver();
  sounds.withMade = (currentTarget as HTMLInputElement).checked;
  element('classes').classList.toggle('without-made', !sounds.withMade);
  showWhatCanBeLearned();
};

curves.draw();
await sounds.bringBack().catch((error: unknown) => {
  show('told', `What was kept cannot be read: ${told(error)}.`);
});
for await (const made of sounds.make(random, new Slices())) await gallery.draw(made);
for (const sound of sounds.all.filter(({ own }) => own)) await gallery.draw(sound);
ready = true;
showWhatCanBeLearned();
