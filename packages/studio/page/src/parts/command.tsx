import { useState } from 'preact/hooks';

/** Something to type in a terminal, and a button that copies it. */
export function Command({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('');
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid('The browser does not let this page copy. Select the text.'),
    );
  };
  return (
    <p class="command">
      <code>{text}</code>
      <button type="button" onClick={copy}>
        Copy
      </button>
      <span role="status">{said}</span>
    </p>
  );
}
