import {
  DeviceUnavailableError,
  GraphError,
  NonFiniteLossError,
  OnnxFormatError,
  UnsupportedOperatorError,
} from 'onnx-autograd';
import { expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { isUserCaused } from '../../../src/runs/jobs/user-caused.js';

it.each([
  new UserError('There is no corpus "x".'),
  new GraphError('The graph has no output.'),
  new UnsupportedOperatorError('NonZero', 'mask', 'this operator has no gradient.'),
  new OnnxFormatError('These 3 bytes are not an ONNX model.'),
  new NonFiniteLossError(7, Number.NaN),
  new DeviceUnavailableError('The device "cuda" is not available.'),
])('%s needs no stack: its message says what to do', (error) => {
  expect(isUserCaused(error)).toBe(true);
});

it.each([new TypeError('x is not a function'), 'a text', undefined])(
  '%s is a mistake of the program',
  (error) => {
    expect(isUserCaused(error)).toBe(false);
  },
);
