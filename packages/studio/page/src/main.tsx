import { paletteStyles } from 'antitransfer/charts';
import { render } from 'preact';
import { Shell } from './shell.tsx';
import './styles/studio.css';

// The report's colours. The policy of the page allows no style elements; sheets that are made are its own.
const palette = new CSSStyleSheet();
palette.replaceSync(
  `:root { ${paletteStyles('light')} } @media (prefers-color-scheme: dark) { :root { ${paletteStyles('dark')} } }`,
);
document.adoptedStyleSheets = [palette];

const root = document.getElementById('studio');
if (root !== null) render(<Shell />, root);
