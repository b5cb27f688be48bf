/**
 * Where this module's code is. It is imported when it is wanted, as ONNX Runtime is: where the bundler has put that into one
 * script with whoever asks, it has done so with this one too.
 */
export const place: string = import.meta.url;
