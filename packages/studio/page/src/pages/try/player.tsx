/** Plays a recording. */
export function Player({ url, name }: { readonly url: string; readonly name: string }) {
  // biome-ignore lint/a11y/useMediaCaption: what was said is what models are asked; nobody knows it yet
  return <audio controls src={url} aria-label={name} />;
}
