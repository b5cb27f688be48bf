/**
 * Who may import whom. A folder or file imports its own floor's own entry, what stands on the floors below (above it in
 * these lists), and nothing else; types and dynamic imports count. Nobody imports in a circle.
 */
const engine = [
  ['tensor', 'labels', 'errors', 'random', 'patterns'],
  ['optimizers'],
  ['operators', 'graph'],
  ['shapes'],
  ['building'],
  ['onnx', 'convolutions'],
  ['gradients'],
  ['backward'],
  ['passes'],
  ['programs'],
  ['runtime'],
  ['sessions'],
  ['profiling'],
  ['browser', 'portable', 'internal'],
  ['index'],
];

const product = [
  ['errors', 'lookup', 'group-by', 'nearest', 'registry', 'files', 'numbers'],
  ['analysis', 'listening'],
  ['data'],
  ['learning'],
  ['inference', 'browser'],
  ['runs'],
  ['answers'],
  ['compare', 'train', 'analyze', 'sweep'],
  ['bench'],
  ['cli', 'index'],
];

/** Within `runs`: who carries jobs out is given what a job does, so that a runner knows no training. */
const runs = [
  ['config'],
  ['store'],
  ['data'],
  ['plan'],
  ['jobs'],
  ['trainings'],
  ['queue'],
  ['runners'],
  ['worker'],
  ['folder'],
  ['plan-experiment'],
  ['halving'],
  ['estimate'],
  ['carry-out-plans'],
  ['run-experiment', 'one-method'],
  ['hold-run'],
  ['index'],
];

/** Within `answers`: the page is made of charts, verdict and tables. */
const answers = [['charts', 'verdict', 'tables'], ['page']];

/** The studio reads what comparisons leave; what it answers is one file a resource. */
const studio = [
  ['views'],
  ['catalogue', 'comparisons'],
  ['models', 'keeping'],
  ['studio'],
  ['resources', 'actions'],
  ['server'],
  ['export'],
  ['command', 'index'],
];

/** No file of a floor imports from a floor that stands after it. */
function floors(root, list, below = '') {
  return list.slice(0, -1).map((floor, i) => ({
    name: `${root}: ${below}${floor.join(', ')} may not look up`,
    severity: 'error',
    from: { path: `^packages/${root}/src/${below}(${floor.join('|')})(/|[.]ts$)` },
    to: {
      path: `^packages/${root}/src/${below}(${list
        .slice(i + 1)
        .flat()
        .join('|')})(/|[.]ts$)`,
    },
  }));
}

/** Neighbours of one floor that know nothing of each other. */
function strangers(root, names) {
  return names.map((name) => ({
    name: `${root}: ${name} knows nothing of its neighbours`,
    severity: 'error',
    from: { path: `^packages/${root}/src/${name}/` },
    to: { path: `^packages/${root}/src/(${names.filter((other) => other !== name).join('|')})/` },
  }));
}

module.exports = {
  forbidden: [
    {
      name: 'no circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'the engine knows no audio',
      severity: 'error',
      from: { path: '^packages/onnx-autograd' },
      to: { path: '^packages/antitransfer' },
    },
    ...strangers('onnx-autograd', ['operators', 'graph']),
    ...strangers('onnx-autograd', ['onnx', 'convolutions']),
    {
      name: 'what runs everywhere knows no platform',
      severity: 'error',
      from: {
        path: '^packages/onnx-autograd/src/',
        pathNot:
          '^packages/onnx-autograd/src/((runtime|sessions)/(node|web|browser)/|profiling/|(index|browser)[.]ts$)',
      },
      to: { path: '^packages/onnx-autograd/src/(runtime|sessions)/(node|web|browser)/' },
    },
    {
      name: 'a session knows programs, not how graphs are made',
      severity: 'error',
      from: { path: '^packages/onnx-autograd/src/sessions/' },
      to: {
        path: '^packages/onnx-autograd/src/(graph|shapes|building|onnx|convolutions|gradients|backward|passes)/',
      },
    },
    {
      name: 'what a page loads knows no Node and no rest of the product',
      severity: 'error',
      from: { path: '^packages/antitransfer/src/(browser|listening)/' },
      to: {
        path: '^packages/antitransfer/src/|^(node:|fs|path|os)',
        pathNot:
          '^packages/antitransfer/src/((browser|listening|numbers)/|(errors|lookup)[.]ts$|data/features/segment[.]ts$)',
      },
    },
    ...floors('onnx-autograd', engine),
    ...floors('antitransfer', product),
    ...floors('antitransfer', runs, 'runs/'),
    ...floors('antitransfer', answers, 'answers/'),
    ...floors('studio', studio),
  ],
  options: {
    // TypeScript's own parser is looked for up to version 6; swc reads types and dynamic imports too.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|test|scripts)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
  },
};
