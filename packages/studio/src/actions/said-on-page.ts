/** What is wrong with a recording, in words for whoever dropped it on a page: settings of a configuration are not theirs. */
export function saidOnPage(error: Error): string {
  if ('reason' in error && error.reason === 'cancelled out') {
    return (
      'The channels of the recording are opposite, so that their mean is next to silence. ' +
      'Save one of its channels as a recording of its own, and drop that.'
    );
  }
  return error.message;
}
