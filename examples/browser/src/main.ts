import { type DeviceChoice, Random } from 'onnx-autograd';
import { type Curve, drawChart, smoothed } from './chart.js';
import { play, record } from './microphone.js';
import { drawClip } from './picture.js';
import { type Clip, kinds, makeClip } from './sounds.js';
import { SoundTraining } from './training.js';

/** Clips of each made class, and how many of every class are held out of training: one in four. */
const clipsPerKind = 32;
const heldOutEvery = 4;

const random = new Random(7);
const element = <T extends Element = HTMLElement>(id: string) => document.getElementById(id) as unknown as T;
const button = (id: string) => element<HTMLButtonElement>(id);
const show = (id: string, text: string) => {
  element(id).textContent = text;
};

interface SoundClass {
  readonly name: string;
  readonly clips: Float32Array[];
  readonly recorded: boolean;
}

const classes: SoundClass[] = Object.entries(kinds).map(([name, kind]) => ({
  name,
  clips: Array.from({ length: clipsPerKind }, () => makeClip(kind, random)),
  recorded: false,
}));

let training: SoundTraining | undefined;
let running: Promise<void> | undefined;
let stopping = false;
let losses: [number, number][] = [];
let accuracies: [number, number][] = [];

/** Classes that have clips enough to learn from. */
const learnable = () => classes.filter(({ clips }) => clips.length >= heldOutEvery);
const split = (isHeldOut: boolean): Clip[] =>
  learnable().flatMap(({ clips }, label) =>
    clips
      .filter((_, i) => (i % heldOutEvery === heldOutEvery - 1) === isHeldOut)
      .map((samples) => ({ samples, label })),
  );

function drawClasses(): void {
  const cards = classes.map((sound) => {
    const card = document.createElement('div');
    card.className = 'class';
    const title = document.createElement('h3');
    const count = document.createElement('small');
    title.textContent = sound.name;
    count.textContent = `${sound.clips.length} clips`;
    title.append(count);
    const clips = document.createElement('div');
    clips.className = 'clips';
    for (const samples of sound.clips.slice(sound.recorded ? -4 : 0).slice(0, 4)) {
      const canvas = document.createElement('canvas');
      canvas.title = 'Play';
      drawClip(canvas, samples);
      canvas.onclick = () => play(samples);
      clips.append(canvas);
    }
    card.append(title, clips);
    if (sound.recorded) card.append(recordButton(sound));
    return card;
  });
  element('classes').replaceChildren(...cards);
}

function recordButton(sound: SoundClass): HTMLButtonElement {
  const made = document.createElement('button');
  const missing = heldOutEvery - sound.clips.length;
  made.textContent = missing > 0 ? `Record a clip (${missing} more needed)` : 'Record a clip';
  made.onclick = async () => {
    const samples = await recording(made);
    if (samples === undefined) return;
    await startOver();
    sound.clips.push(samples);
    drawClasses();
  };
  return made;
}

/** A second from the microphone; says so when there is none. */
async function recording(pressed: HTMLButtonElement): Promise<Float32Array | undefined> {
  const label = pressed.textContent;
  pressed.disabled = true;
  pressed.textContent = 'Recording …';
  try {
    show('microphone', '');
    return await record();
  } catch (error) {
    show('microphone', `The microphone cannot be used: ${(error as Error).message}.`);
    return undefined;
  } finally {
    pressed.disabled = false;
    pressed.textContent = label;
  }
}

function drawCurves(): void {
  const top = Math.max(2, ...losses.map(([, loss]) => loss)) * 1.02;
  const curves: Curve[] = [{ points: losses, faint: true }, { points: smoothed(losses) }];
  drawChart(element('loss-chart'), curves, Math.min(4, top), (value) => value.toFixed(1));
  drawChart(element('accuracy-chart'), [{ points: accuracies }], 1, (value) => `${Math.round(100 * value)}%`);
}

async function train(): Promise<void> {
  show('message', '');
  try {
    if (training === undefined) {
      show('taken', 'opening …');
      const device = element<HTMLSelectElement>('device').value as DeviceChoice;
      training = await SoundTraining.create(learnable().length, device);
      show('taken', training.device === 'webgpu' ? 'WebGPU' : 'WebAssembly');
    }
    for (const id of ['reset', 'download', 'try-held-out', 'try-microphone']) button(id).disabled = false;
    for await (const { step, loss, accuracy, milliseconds } of training.run(split(false), split(true))) {
      losses.push([step, loss]);
      if (accuracy !== undefined) {
        accuracies.push([step, accuracy]);
        show('accuracy', `${Math.round(100 * accuracy)}%`);
      }
      show('step', String(step));
      show('loss', loss.toFixed(3));
      show('time', `${Math.round(milliseconds)} ms`);
      drawCurves();
      if (stopping) break;
    }
  } catch (error) {
    if (training === undefined) show('taken', '–');
    show('message', (error as Error).message);
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
  [losses, accuracies] = [[], []];
  for (const id of ['reset', 'download', 'try-held-out', 'try-microphone']) button(id).disabled = true;
  for (const id of ['taken', 'loss', 'accuracy', 'time']) show(id, '–');
  show('step', '0');
  element('answer').hidden = true;
  drawCurves();
}

async function answer(samples: Float32Array, truth?: number): Promise<void> {
  if (training === undefined) return;
  const [probabilities] = await training.classify([samples]);
  const canvas = element<HTMLCanvasElement>('heard');
  drawClip(canvas, samples);
  canvas.onclick = () => play(samples);
  const bars = learnable().map(({ name }, i) => {
    const percent = Math.round(100 * (probabilities?.[i] ?? 0));
    const item = document.createElement('li');
    const [label, bar, number] = [
      document.createElement('span'),
      document.createElement('div'),
      document.createElement('b'),
    ];
    label.textContent = i === truth ? `${name} ✓` : name;
    if (i === truth) label.className = 'is-true';
    bar.className = 'bar';
    bar.innerHTML = `<i style="width: ${percent}%"></i>`;
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
  const bytes = await training?.export(learnable().map(({ name }) => name));
  if (bytes === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = 'sounds.onnx';
  link.click();
  URL.revokeObjectURL(link.href);
};

button('try-held-out').onclick = async () => {
  const { samples, label } = random.pick(split(true));
  play(samples);
  await answer(samples, label);
};
button('try-microphone').onclick = async ({ currentTarget }) => {
  const samples = await recording(currentTarget as HTMLButtonElement);
  if (samples !== undefined) await answer(samples);
};

element<HTMLFormElement>('new-class').onsubmit = (event) => {
  event.preventDefault();
  const field = element<HTMLInputElement>('class-name');
  const name = field.value.trim();
  if (name === '' || classes.some((sound) => sound.name === name)) return;
  classes.push({ name, clips: [], recorded: true });
  field.value = '';
  drawClasses();
};

drawClasses();
drawCurves();
