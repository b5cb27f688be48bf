import type { PhaseTime, Profile } from 'onnx-autograd/profiling';
import type { LayersProfile } from '../bench/layers.js';
import type { StepSettings } from '../bench/settings.js';
import { sum } from '../numbers/mean.js';
import { type PlainColumn, plainTable } from './plain-table.js';

/** The profile of a step for people: layers, what lies between them, operators, and the machine's own speed. */
export function layersText(
  settings: StepSettings,
  { device, step, frozen, matrixProduct, matrixSize }: LayersProfile,
): string {
  const { model, width, input, batch, threads } = settings;
  const parts = [
    `${model}, width ${width}, input ${input.join('x')}, batch ${batch}, threads ${threads}, device ${device}`,
    layersTable(step),
    operatorsTable(step),
    plainTable(
      [{ head: 'whole' }, number('ms')],
      [
        ['the step without the optimizer', milliseconds(step.run)],
        ['... in nodes', milliseconds(step.nodes)],
        ...(frozen ? [['the frozen network', milliseconds(frozen.run)]] : []),
      ],
    ),
    ...(device === 'cpu'
      ? [
          `At most ${(step.peakBytes / 2 ** 20).toFixed(0)} MiB of intermediate values at once; weights not counted.`,
        ]
      : []),
    `A matrix product of ${matrixSize} runs at ${matrixProduct.toFixed(matrixProduct < 10 ? 1 : 0)} GFLOP/s here.`,
  ];
  return parts.join('\n\n');
}

function layersTable({ layers, between }: Profile): string {
  const rows = layers.map(({ layer, gigaflops, forward, inputGradient, filterGradient }) => [
    layer,
    gigaflops.toFixed(2),
    ...[forward, inputGradient, filterGradient].flatMap(timeAndSpeed),
  ]);
  return plainTable(
    [
      { head: 'layer' },
      number('GFLOP'),
      ...['forward', 'd input', 'd filter'].flatMap((phase) => [number(`${phase} ms`), number('GFLOP/s')]),
    ],
    [
      ...rows,
      ['all of them', ...totals(layers)],
      ['between them: forward', '', milliseconds(between.forward)],
      ['... backward', '', '', '', milliseconds(between.backward)],
      ...(between.recomputed > 0
        ? [['... computed again', '', '', '', milliseconds(between.recomputed)]]
        : []),
      ['... added by the runtime', '', milliseconds(between.other)],
    ].map((row) => [...row, ...Array<string>(8 - row.length).fill('')]),
  );
}

function totals(layers: Profile['layers']): string[] {
  const phases = (['forward', 'inputGradient', 'filterGradient'] as const).map((phase) => {
    const present = layers.filter((layer) => layer[phase] !== undefined);
    const time = sum(present.map((layer) => layer[phase]?.milliseconds ?? 0));
    const arithmetic = sum(present.map(({ gigaflops }) => gigaflops));
    return time === 0 ? undefined : { milliseconds: time, gigaflopsPerSecond: (arithmetic / time) * 1000 };
  });
  return [sum(layers.map(({ gigaflops }) => gigaflops)).toFixed(2), ...phases.flatMap(timeAndSpeed)];
}

function operatorsTable({ operators, nodes }: Profile): string {
  return plainTable(
    [{ head: 'operator' }, number('nodes'), number('ms'), number('share'), number('GFLOP/s')],
    operators.map(({ operator, count, milliseconds: time, gigaflopsPerSecond }) => [
      operator,
      count,
      milliseconds(time),
      `${((100 * time) / nodes).toFixed(1)}%`,
      gigaflopsPerSecond?.toFixed(0) ?? '',
    ]),
  );
}

function timeAndSpeed(phase: PhaseTime | undefined): string[] {
  return phase === undefined
    ? ['', '']
    : [milliseconds(phase.milliseconds), phase.gigaflopsPerSecond.toFixed(0)];
}

function milliseconds(time: number): string {
  return time.toFixed(2);
}

function number(head: string): PlainColumn {
  return { head, align: 'right' };
}
