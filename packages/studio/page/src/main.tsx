import { paletteStyles } from 'antitransfer/charts';
import { render } from 'preact';
import { home } from './ask.ts';
import { Shell } from './shell.tsx';
import './styles/studio.css';

// The report's colours. The policy of the page allows no style elements; sheets that are made are its own.
const palette = new CSSStyleSheet();
palette.replaceSync(
  `:root { ${paletteStyles('light')} } @media (prefers-color-scheme: dark) { :root { ${paletteStyles('dark')} } }`,
);
document.adoptedStyleSheets = [palette];

// An export is of one comparison: there is nothing to choose from.
if (home !== undefined && location.hash === '') location.replace(home);

const root = document.getElementById('studio');
if (root !== null) render(<Shell />, root);
