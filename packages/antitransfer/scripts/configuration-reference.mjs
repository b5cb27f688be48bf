/**
 * The configuration reference as Markdown, from its JSON schema.
 *
 * @typedef {{
 *   type?: string | string[], description?: string, default?: unknown, enum?: unknown[], const?: unknown,
 *   properties?: Record<string, Schema>, required?: string[], items?: Schema, anyOf?: Schema[], oneOf?: Schema[],
 *   minimum?: number, maximum?: number, exclusiveMinimum?: number, minItems?: number,
 * }} Schema
 */

const introduction = `# The configuration

A comparison is one YAML file. Every key is listed here. Those that are not inside lists are also flags of
\`antitransfer compare\` and \`antitransfer train\`, for example \`--training.epochs 10\`; lists are changed as a whole
(\`--methods '[no-transfer, cka]'\`). A wrong key or value is an error that names its path and its value, and for a misspelt
key or word the nearest valid one. Paths are relative to the file. With the key \`sweep\` the file is many comparisons, for
\`antitransfer sweep\`.

\`\`\`yaml
# yaml-language-server: $schema=../node_modules/antitransfer/schema/config.schema.json
name: digits
data: { corpus: fsdd, path: recordings }
target: digit
orthogonal: { column: speaker }
split: { kind: confounded, owners: 5, order: take }
methods: [no-transfer, correlation-auxiliary, shuffled-control]
\`\`\`

The first line lets editors complete and check the file. In a table, **required** marks a key without a default.

This page is made from the schema by \`npm run generate\`: edit the descriptions in the source instead.
`;

/** @param {Schema} schema @param {readonly { name: string, description: string }[]} presets */
export function configurationReference(schema, presets) {
  const sections = [];
  const top = Object.entries(schema.properties ?? {});
  sections.push(`## Keys\n\n${table(schema)}`);
  for (const [key, inner] of top) {
    const parts = formsOf(inner).filter((form) => form.properties);
    if (parts.length === 0) continue;
    const body =
      parts.length === 1
        ? tableWithInner(parts[0], key, 3)
        : parts.map((part) => describeForm(part, key)).join('\n\n');
    sections.push(`## \`${key}\`\n\n${sentence(inner.description)}${body}`);
  }
  const rows = presets.map(({ name, description }) => `| \`${name}\` | ${description} |`);
  sections.push(`## Methods by name\n\n| name | what it does |\n| --- | --- |\n${rows.join('\n')}`);
  return `${introduction}\n${sections.join('\n\n')}\n`;
}

/** The forms that a value may take, each object of a list once. @param {Schema} schema @returns {Schema[]} */
function formsOf(schema) {
  const alternatives = schema.anyOf ?? schema.oneOf;
  const forms = alternatives
    ? alternatives.flatMap(formsOf)
    : schema.items
      ? formsOf(schema.items)
      : [schema];
  const seen = new Set();
  return forms.filter((form) => {
    const key = JSON.stringify(form);
    return !seen.has(key) && seen.add(key);
  });
}

/** One form of a value with several, told apart by its constant. @param {Schema} form @param {string} key */
function describeForm(form, key) {
  const kind = constantOf(form);
  const title = kind ? `\`${kind.join(': ')}\`` : 'All of it';
  return `### ${title}\n\n${sentence(form.description)}${tableWithInner(form, key, 4)}`;
}

/** The key that tells a form from others, and its value. @param {Schema} form */
function constantOf(form) {
  const found = Object.entries(form.properties ?? {}).find(
    ([, { const: constant }]) => constant !== undefined,
  );
  return found && [found[0], found[1].const];
}

/** @param {string | undefined} text */
function sentence(text) {
  return text ? `${text.replace(/\.$/, '')}.\n\n` : '';
}

/** A table, and below it those of the objects in it that are not explained elsewhere. */
function tableWithInner(form, path, level) {
  const inner = Object.entries(form.properties ?? {}).flatMap(([key, value]) => {
    const parts = formsOf(value).filter(({ properties }) => properties);
    const elsewhere = ['data', 'training'].includes(key);
    return elsewhere || parts.length === 0
      ? []
      : parts.map((part) => {
          const kind = parts.length > 1 ? constantOf(part) : undefined;
          const title = `\`${path}.${key}\`${kind ? `, \`${kind.join(': ')}\`` : ''}`;
          return `${'#'.repeat(level)} ${title}\n\n${sentence(kind && part.description)}${table(part)}`;
        });
  });
  return [table(form), ...inner].join('\n\n');
}

/** @param {Schema} form */
function table(form) {
  const rows = Object.entries(form.properties ?? {}).map(([key, value]) => {
    const needed = form.required?.includes(key) && value.const === undefined && value.default === undefined;
    const fallback = needed ? '**required**' : value.default === undefined ? '' : code(value.default);
    const meaning = (value.description ?? '').replaceAll('|', '\\|');
    return `| \`${key}\` | ${kindOf(value)} | ${fallback} | ${meaning} |`;
  });
  return `| key | value | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

/** What may be written, in words. @param {Schema} schema @returns {string} */
function kindOf(schema) {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) {
    if (alternatives.every(({ properties }) => properties)) return 'keys, see below';
    return [...new Set(alternatives.map(kindOf))].join(' or ');
  }
  if (schema.items) return `list of ${kindOf(schema.items)}`;
  if (schema.type === 'object') return schema.properties ? 'keys, see below' : 'names and values';
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  return `${type}${rangeOf(schema)}`;
}

/** @param {Schema} schema */
function rangeOf({ minimum, maximum, exclusiveMinimum }) {
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const least = minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER ? minimum : undefined;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  const bounds = [
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
  ];
  return bounds.length === 0 ? '' : ` ${bounds.join(', ')}`;
}

/** @param {unknown} value */
function code(value) {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
