import protobuf from 'protobufjs/light.js';
import { messages } from '../../src/onnx/schema.js';

/** ONNX's message in another implementation of Protocol Buffers: files for tests are not written by what reads them. */
export const modelMessage = protobuf.Root.fromJSON(messages as unknown as protobuf.INamespace).lookupType(
  'Model',
);
