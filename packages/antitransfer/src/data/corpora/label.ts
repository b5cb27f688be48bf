/** A label as it is compared: letters composed (NFC), so that `é` is one label however it was typed; no outer spaces. */
export function normaliseLabel(text: string): string {
  return text.normalize('NFC').trim();
}
