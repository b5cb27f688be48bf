import type { LayerResult, LayerResults } from '../../../src/answers/layers/results.js';

/** Of each network: CKA to the speaker network, that with shuffled clips, and that to the untrained one. */
const networks = [
  { method: null, value: 0.1, shuffled: 0.01, untrained: 0.3 },
  { method: 'no-transfer', value: 0.8, shuffled: 0.02, untrained: 0.4 },
  { method: 'cka', value: 0.05, shuffled: 0.04, untrained: 0.6 },
] as const;
/** How much more alike the networks are to those of each task. */
const offsets = { speaker: 0, room: 0.01, 'another-seed': 0.02 } as const;

/** An analysis, made up, of a comparison with another network of the same task, and another task. */
export function controlledLayers(): LayerResults {
  const read = (accuracy: number, chance: number) => ({
    accuracy,
    chance,
    control: 0.3,
    shuffled: 0.28,
    bits: 10,
    uniformBits: 20,
    clips: 100,
  });
  const tasks = ['speaker', 'room', 'another-seed'] as const;
  const taps = ['conv1', 'conv2'];
  return {
    version: 1,
    name: 'made up',
    target: 'digit',
    taps,
    position: 'after',
    tasks: [...tasks],
    columns: ['speaker', 'room', 'speaker'],
    methods: [
      { id: 'no-transfer', label: 'no transfer' },
      { id: 'cka', label: 'CKA' },
    ],
    results: networks.flatMap(({ method, value, shuffled, untrained }) =>
      taps.flatMap((tap) =>
        tasks.map((task): LayerResult => {
          const likeness = { value: rounded(value + offsets[task]), shuffled, untrained };
          const [linear, mlp] =
            task === 'room' ? [read(0.7, 0.5), read(0.75, 0.5)] : [read(0.5, 0.25), read(0.6, 0.25)];
          return { method, seed: 1, tap, task, cka: likeness, gram: likeness, linear, mlp };
        }),
      ),
    ),
    jobs: [],
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
