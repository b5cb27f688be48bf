import { noGradient } from '../../src/gradients/rule.js';
import { gradientRules } from '../../src/gradients/table.js';
import { loweredOperators } from '../../src/onnx/lowerings.js';
import { convertedOperators } from '../../src/onnx/opset-17.js';
import { newestOpset, oldestOpset } from '../../src/onnx/read.js';
import { operators } from '../../src/operators/catalogue.js';
import type { Row } from './row.js';
import { forwardRows } from './rows/forward.js';

/** The documentation's page of operators, from what was measured of each row. */
export function operatorTable(measured: ReadonlyMap<Row, number>): string {
  const entries = operators.map((operator) => {
    const rows = [...measured].filter(([row]) => row.operator === operator);
    const has = gradientRules[operator] !== noGradient;
    const count = has ? rows.length : forwardRows.filter((row) => row.operator === operator).length;
    const largest = has ? Math.max(...rows.map(([, error]) => error)) : undefined;
    const isConverted = convertedOperators.includes(operator) || loweredOperators.includes(operator);
    const forms = isConverted ? 'converted' : 'the same';
    const deviation = largest === undefined ? '' : Math.max(largest, 1e-9).toExponential(1);
    return `| ${operator} | ${has ? 'yes' : 'none'} | ${forms} | ${count} | ${deviation} |`;
  });
  const listed = operators as readonly string[];
  const others = [...convertedOperators, ...loweredOperators].filter((name) => !listed.includes(name));
  return `# Operators that are known

Files of opset ${oldestOpset} to ${newestOpset} are read. Where an operator changed between them (an attribute became an input, a default another),
its forms are brought to that of opset 17 ("converted"); what that opset cannot say (a \`Resize\` with antialias, a
\`ScatterND\` of the largest) is an error when it is read. ${others.join(', ')} are read too, in the terms of others.

A gradient that is "none" is no gap: the operator's outputs do not change smoothly with its inputs, or nobody has asked
for it yet. Such an operator passes silently where no trained weight lies behind it, and is an error that names it where
one does. The same holds for operators that are not listed. The ONNX project's own tests of all operators run, too:
[which are right, which are refused and why](onnx-tests.md).

Each row of the tests is one case of an operator: shapes, attributes, optional inputs. Its gradient, in single precision,
is compared with central differences of the operator alone, in double precision where ONNX Runtime's CPU has such
kernels. The deviation is the Euclidean norm of the difference relative to that of the differences, largest of all rows
and inputs; without double kernels, it is mostly that of the differences. Rows of an operator without a gradient test its
shapes and that it is refused by name.

Made by \`TABLES=write npx vitest run packages/onnx-autograd/test/gradients/gradients.test.ts\`; the same test fails when this
page lacks an operator, lists one that is gone, or counts another number of rows.

| operator | gradient | opsets ${oldestOpset} to ${newestOpset} | rows | largest deviation |
| --- | --- | --- | --- | --- |
${entries.join('\n')}
`;
}
