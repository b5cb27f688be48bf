import { type Heard, hear, listen, openModel, type SpeechModel } from 'antitransfer/browser';
import { element, messageOf } from './elements.js';
import { clearHeard, showCard, showHeard } from './show.js';

const listenButton = element('listen', HTMLButtonElement);
const recording = element('recording', HTMLInputElement);
const modelFile = element('model', HTMLInputElement);
const message = element('message', HTMLElement);

let model: SpeechModel | undefined;
let stop: AbortController | undefined;

/** Does something, and says why where it cannot. */
async function attempt(work: () => Promise<void>): Promise<void> {
  message.textContent = '';
  try {
    await work();
  } catch (error) {
    message.textContent = messageOf(error);
  }
}

async function use(source: string | ArrayBuffer): Promise<void> {
  stop?.abort();
  const opened = await openModel(source);
  await model?.close();
  model = opened;
  showCard(opened.card);
  for (const control of [listenButton, recording]) control.disabled = false;
}

async function show(sounds: AsyncIterable<Heard>, { card }: SpeechModel): Promise<void> {
  for await (const heard of sounds) showHeard(heard, card);
}

async function toggle(): Promise<void> {
  if (stop !== undefined) {
    stop.abort();
    return;
  }
  if (model === undefined) return;
  stop = new AbortController();
  const { signal } = stop;
  clearHeard();
  listenButton.textContent = 'Stop';
  listenButton.ariaPressed = 'true';
  try {
    const onHearing = (hearing: boolean) => listenButton.classList.toggle('hearing', hearing);
    await show(listen(model, { signal, onHearing }), model);
  } finally {
    stop = undefined;
    listenButton.textContent = 'Listen';
    listenButton.ariaPressed = 'false';
  }
}

/** A browser decodes what it can play; it does so at the rate that it is asked for. */
async function hearRecording(file: File): Promise<void> {
  if (model === undefined) return;
  const { sampleRate } = model.card;
  const sound = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(await file.arrayBuffer());
  const samples = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    for (const [i, sample] of sound.getChannelData(channel).entries()) {
      samples[i] = (samples[i] ?? 0) + sample / sound.numberOfChannels;
    }
  }
  clearHeard();
  await show(hear(model, samples, sampleRate), model);
}

listenButton.addEventListener('click', () => attempt(toggle));
recording.addEventListener('change', () => {
  const [file] = recording.files ?? [];
  if (file !== undefined) void attempt(() => hearRecording(file));
});
modelFile.addEventListener('change', () => {
  const [file] = modelFile.files ?? [];
  if (file !== undefined) void attempt(async () => use(await file.arrayBuffer()));
});

await attempt(() => use('digits.onnx'));
if (model === undefined) element('card', HTMLElement).textContent = 'No model is open.';
