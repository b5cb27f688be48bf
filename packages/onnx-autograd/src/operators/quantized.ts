/** How operators of the standard and of ONNX Runtime that compute with quantized numbers are called. */
const names =
  /^(Q[A-Z]|QuantizeLinear|DequantizeLinear|DynamicQuantize|\w*Integer(ToFloat)?$|\w*NBits$|\w*Bnb4$)/;

/** Whether a node quantizes, or computes with quantized numbers: no gradient passes what is rounded. */
export function isQuantized({ operator }: { readonly operator: string }): boolean {
  return names.test(operator);
}

/** What to do where a gradient would have to pass one. */
export const quantizedHint =
  'The network is quantized: export it before that, in float32; or train only what is behind, and freeze the weights in ' +
  'front by names or patterns when the training program is made.';
