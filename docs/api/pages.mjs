// Writes a page for each public function and type of each package, as Markdown for the site (docs/site/api).
//
// Entries are read from each package's own `exports`, so a new entry is documented without a word here. docs/api/typedoc.json
// is the check that docstrings are complete; this only writes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { published } from '../../scripts/published.mjs';

/** Entries that are no one's but this repository's. */
const internal = new Set(['./internal']);

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The sources behind a package's entries. */
function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(pathOf(`${folder}/package.json`), 'utf8'));
  return Object.entries(exports)
    .filter(([name, entry]) => entry.types !== undefined && !internal.has(name))
    .map(([, { types }]) =>
      pathOf(`${folder}/${types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts')}`),
    );
}

for (const name of published) {
  const folder = `../../packages/${name}`;
  const application = await Application.bootstrapWithPlugins({
    name,
    entryPoints: entriesOf(folder),
    tsconfig: pathOf(`${folder}/tsconfig.json`),
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
    out: pathOf(`../site/api/${name}`),
    docsRoot: pathOf('../site'),
    readme: 'none',
    disableSources: true,
    excludeInternal: true,
    excludeExternals: true,
    entryFileName: 'index',
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    // Types that settings' schemas imply are wide: what lies deeper is on the pages of their own names.
    maxTypeConversionDepth: 3,
    parametersFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    interfacePropertiesFormat: 'table',
    pageTitleTemplates: { index: '{projectName}', module: '{name}', member: '{name}' },
    validation: { invalidLink: false, notExported: false, notDocumented: false },
    logLevel: 'Error',
  });
  const project = await application.convert();
  if (project === undefined) throw new Error(`The entries of ${name} could not be read: run npm run build.`);
  await application.generateOutputs(project);
  if (application.logger.hasErrors()) throw new Error(`The pages of ${name} could not be written.`);
  console.log(`${name}: ${entriesOf(folder).length} entries`);
}
