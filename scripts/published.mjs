/** What is published, in this order, each by its folder below packages/. */
export const published = ['onnx-autograd', 'antitransfer', 'studio'];
