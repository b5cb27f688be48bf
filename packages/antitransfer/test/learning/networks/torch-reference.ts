import { readFileSync } from 'node:fs';

const file = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

/** What PyTorch computes, and the CNN that it exported: by `fixtures/networks-torch.py`. */
export const reference = JSON.parse(file('networks-torch.json').toString()) as {
  readonly pooling: readonly {
    shape: [number, number, number, number];
    size: number;
    x: number[];
    y: number[];
  }[];
  readonly export: {
    readonly shape: readonly number[];
    readonly x: readonly number[];
    readonly values: Readonly<Record<'normalized' | 'leaky' | 'last' | 'logits', readonly number[]>>;
  };
};

/** The exported CNN, as an ONNX file. */
export const exported = () => file('networks-torch.onnx');
