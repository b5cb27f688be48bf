import protobuf from 'protobufjs/light.js';
import { messages } from '../../src/onnx/schema.js';

// Of this edition of the language a field that is set is written and read even when it is 0 or empty.
const nested = Object.entries(messages.nested).map(([name, message]) => [
  name,
  { edition: '2023', ...message },
]);

/** ONNX's message in another implementation of Protocol Buffers: files for tests are not written by what reads them. */
export const modelMessage = protobuf.Root.fromJSON({
  nested: Object.fromEntries(nested) as NonNullable<protobuf.INamespace['nested']>,
}).lookupType('Model');
