import { renderMermaidSVG } from 'beautiful-mermaid';
import type { MarkdownRenderer } from 'vitepress';

/**
 * Draws `mermaid` blocks when the site is built, as SVG whose colours are variables of the page (theme/style.css): no script and
 * no font is loaded for them, and they turn dark with the page.
 */
export function drawnDiagrams(markdown: MarkdownRenderer): void {
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const { info = '', content = '' } = tokens[index] ?? {};
    if (info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, self) ?? '';
    const drawing = renderMermaidSVG(content.replaceAll(/<\/?b>/g, ''))
      .replaceAll(/<style>.*?<\/style>/gs, '')
      .replace(/ style="[^"]*"/, '')
      .replaceAll(/(id="|url\(#)(arrowhead)/g, `$1diagram-${index}-$2`);
    return `<div class="diagram" tabindex="0" role="img" aria-label="Diagram">${drawing}</div>`;
  };
}
