import { html, type Markup, safe } from '../markup.js';
import { contentSecurityPolicy, pageScript } from './script.js';
import { styles } from './styles.js';

/** A page that stands by itself: its styles and its script are in it, and it loads nothing. */
export function documentOf(title: string, main: Markup): string {
  const script = pageScript();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${contentSecurityPolicy(script)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${styles()}</style>
</head>
<body>
<main>
${main}
</main>
<script>${safe(script)}</script>
</body>
</html>
`.source;
}
