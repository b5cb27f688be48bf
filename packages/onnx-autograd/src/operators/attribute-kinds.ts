/** How the value of an attribute is stored. */
export type AttributeKind = 'int' | 'ints' | 'float' | 'floats' | 'string' | 'strings' | 'tensor';

/** The attributes that operators of the catalogue have. One name is of one kind, whichever operator has it. */
export const attributeKinds = {
  activation_alpha: 'floats',
  activation_beta: 'floats',
  activations: 'strings',
  allowzero: 'int',
  alpha: 'float',
  auto_pad: 'string',
  axes: 'ints',
  axis: 'int',
  beta: 'float',
  bias: 'float',
  blocksize: 'int',
  ceil_mode: 'int',
  clip: 'float',
  coordinate_transformation_mode: 'string',
  count_include_pad: 'int',
  cubic_coeff_a: 'float',
  dilations: 'ints',
  direction: 'string',
  end: 'int',
  epsilon: 'float',
  equation: 'string',
  exclude_outside: 'int',
  extrapolation_value: 'float',
  fmod: 'int',
  gamma: 'float',
  group: 'int',
  hidden_size: 'int',
  input_forget: 'int',
  keepdims: 'int',
  kernel_shape: 'ints',
  layout: 'int',
  linear_before_reset: 'int',
  mode: 'string',
  momentum: 'float',
  nearest_mode: 'string',
  noop_with_empty_axes: 'int',
  output_padding: 'ints',
  output_shape: 'ints',
  pads: 'ints',
  perm: 'ints',
  reduction: 'string',
  seed: 'int',
  select_last_index: 'int',
  size: 'int',
  start: 'int',
  stash_type: 'int',
  storage_order: 'int',
  strides: 'ints',
  to: 'int',
  training_mode: 'int',
  transA: 'int',
  transB: 'int',
  transBatchA: 'int',
  transBatchB: 'int',
  value: 'tensor',
} as const satisfies Readonly<Record<string, AttributeKind>>;

/** The name of an attribute that some operator has. */
export type AttributeName = keyof typeof attributeKinds;

/** How the attribute of that name is stored; `undefined` when no operator has one. */
export function attributeKind(name: string): AttributeKind | undefined {
  return Object.hasOwn(attributeKinds, name) ? attributeKinds[name as AttributeName] : undefined;
}
