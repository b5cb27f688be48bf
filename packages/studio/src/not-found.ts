/** Something was asked for that is not there. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}
