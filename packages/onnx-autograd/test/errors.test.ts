import { describe, expect, it } from 'vitest';
import {
  AutogradError,
  DeviceUnavailableError,
  errorThatWasSent,
  errorToSend,
  GraphError,
  NonFiniteLossError,
  OnnxFormatError,
  UnsupportedOperatorError,
} from '../src/errors.js';
import * as entry from '../src/index.js';

const errors = [
  new GraphError('The graph has no output.'),
  new UnsupportedOperatorError('NonZero', 'mask', 'this operator has no gradient.'),
  new OnnxFormatError('These 3 bytes are not an ONNX model.'),
  new NonFiniteLossError(7, Number.POSITIVE_INFINITY),
  new DeviceUnavailableError('The device "cuda" is not available.'),
];

/** What a thread makes of a message. */
const across = (error: unknown) => errorThatWasSent(structuredClone(errorToSend(error)));

describe('an error that crosses from a thread', () => {
  it.each(errors.map((error) => [error.name, error] as const))(
    '%s is in its own class again',
    (name, error) => {
      const arrived = across(error);
      expect(arrived).toBeInstanceOf(error.constructor);
      expect(arrived).toMatchObject({ name, message: error.message, userFacing: true });
      expect(arrived).toEqual(error);
    },
  );

  it('keeps the fields that say where', () => {
    expect(across(errors[1])).toMatchObject({ operator: 'NonZero', node: 'mask' });
    expect(across(errors[3])).toMatchObject({ step: 7, loss: Number.POSITIVE_INFINITY });
  });

  it('and is none of this library’s has its name and its stack, and is not for users', () => {
    const mistake = new TypeError('x is not a function');
    expect(across(mistake)).toMatchObject({
      name: 'TypeError',
      message: mistake.message,
      stack: mistake.stack,
    });
    expect(across(mistake)).not.toHaveProperty('userFacing');
    expect(across('a text').message).toBe('a text');
  });

  it('is one of all that the entry exports', () => {
    const exported = Object.values(entry as Record<string, unknown>).filter(
      (value) => typeof value === 'function' && value.prototype instanceof AutogradError,
    );
    expect(new Set(exported)).toEqual(new Set(errors.map((error) => error.constructor)));
  });
});
