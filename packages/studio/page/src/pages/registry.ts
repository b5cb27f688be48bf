import { comparisonPage } from './comparison/page.tsx';
import { errorsPage } from './errors/page.tsx';
import { groupsPage } from './groups/page.tsx';
import { layersPage } from './layers/page.tsx';
import type { PageDefinition } from './page.ts';
import { runsPage } from './runs/page.tsx';
import { tryPage } from './try/page.tsx';

/** The pages in the order of their tabs. */
export const pages: readonly PageDefinition[] = [
  runsPage,
  comparisonPage,
  errorsPage,
  groupsPage,
  layersPage,
  tryPage,
];
