import type { MethodDescription } from '../../../src/answers/results.js';

/** What the made-up runs of one method look like. Accuracies and CKA in [0, 1]. */
export interface MethodFixture
  extends Omit<MethodDescription, 'forgets' | 'objectives' | 'own'>,
    Partial<Pick<MethodDescription, 'own' | 'objectives'>> {
  readonly accuracy: number;
  readonly probe: number;
  readonly cka: number;
  readonly penalised: boolean;
}

/** Another orthogonal task, and what the methods' networks know of it. */
export interface TaskFixture {
  readonly name: string;
  readonly column: string;
  readonly classes: readonly string[];
  readonly removable: number;
  /** By the method's id; 0.5 where it is not named. */
  readonly cka?: Readonly<Record<string, number>>;
  readonly probe?: Readonly<Record<string, number>>;
}

export const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
export const SPEAKERS = ['george', 'jackson', 'lucas', 'nicolas', 'theo'];

/** Numbers like those of the confounded FSDD digits. */
export const FSDD_METHODS: readonly MethodFixture[] = [
  {
    id: 'none',
    label: 'no transfer',
    description: 'Cross-entropy only.',
    control: false,
    published: false,
    accuracy: 0.425,
    probe: 0.78,
    cka: 0.82,
    penalised: false,
  },
  {
    id: 'weight-initialisation',
    label: 'weight initialisation',
    description: 'Starts from the weights of the speaker network.',
    control: false,
    published: true,
    accuracy: 0.36,
    probe: 0.86,
    cka: 0.9,
    penalised: false,
  },
  {
    id: 'gram',
    label: 'Gram, squared cosine',
    description: 'Penalises the squared cosine of batch-wide Gram matrices.',
    control: false,
    published: true,
    accuracy: 0.395,
    probe: 0.77,
    cka: 0.74,
    penalised: true,
  },
  {
    id: 'correlation-auxiliary',
    label: 'correlation, auxiliary clips',
    description: 'Penalises the squared correlation of every pair of channels, on clips of its own.',
    control: false,
    published: false,
    accuracy: 0.585,
    probe: 0.41,
    cka: 0.19,
    penalised: true,
  },
  {
    id: 'correlation-shuffled',
    label: 'correlation, shuffled features',
    description: 'The same penalty, with the frozen features of other clips.',
    control: true,
    published: false,
    accuracy: 0.43,
    probe: 0.75,
    cka: 0.78,
    penalised: true,
  },
];
