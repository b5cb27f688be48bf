import { type Alias, type Document, LineCounter, parseDocument, visit, type YAMLParseError } from 'yaml';
import { ConfigError } from './errors.js';

/** A plain tree as YAML gives it, before it is checked. */
export type ConfigTree = Record<string, unknown>;

/** @throws ConfigError with the line when the text is no YAML, no mapping, or its aliases have no end. */
export function parseYaml(text: string, source: string): ConfigTree {
  const lines = new LineCounter();
  // The key 01 is the label 01, not the number 1. The key << takes over those of what was marked elsewhere.
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, merge: true });
  const [problem] = document.errors;
  if (problem) throw new ConfigError(`${source} is not valid YAML: ${messageOf(problem)}`);
  const lineOf = ({ range }: Alias) => lines.linePos(range?.[0] ?? 0).line;
  const last = checkAliases(document, (alias, what) => {
    throw new ConfigError(`${source} is not valid YAML: line ${lineOf(alias)}: "*${alias.source}" ${what}`);
  });
  const tree = withinLimits(document, () => {
    const line = last === undefined ? '' : `line ${lineOf(last)}: `;
    throw new ConfigError(
      `${source} is not valid YAML: ${line}aliases of aliases stand for too many values. Write them out.`,
    );
  });
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new ConfigError(`${source} must hold keys and values, such as "target: digit".`);
  }
  return tree as ConfigTree;
}

const noKey = 'no key ends here: behind one stand a colon and a space, such as "target: digit".';

/** What a user can do where the library speaks to programmers. */
function messageOf({ code, message, linePos }: YAMLParseError): string {
  const where = linePos === undefined ? '' : `line ${linePos[0].line}: `;
  switch (code) {
    case 'MULTIPLE_DOCS':
      return `${where}a second document begins behind "---"; a file holds one configuration.`;
    case 'NON_STRING_KEY':
      return `${where}a key is a word, not a list or a group of keys.`;
    case 'MULTILINE_IMPLICIT_KEY':
      return `${where}${noKey}`;
    case 'MISSING_CHAR':
      // The code stands for quotes without an end, too.
      return message.startsWith('Implicit map keys') ? `${where}${noKey}` : message;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return `${where}a second colon stands behind a key; text with a colon in it wants quotes.`;
    default:
      return message;
  }
}

/** Refuses aliases of nothing and of what they are in. Returns the last alias. */
function checkAliases(document: Document, refuse: (alias: Alias, what: string) => never): Alias | undefined {
  let last: Alias | undefined;
  visit(document, {
    Alias: (_key, alias, path) => {
      last = alias;
      const target = alias.resolve(document);
      if (target === undefined)
        refuse(alias, `stands for what is marked "&${alias.source}" above it; nothing is.`);
      if (path.includes(target)) refuse(alias, 'stands for something that it is a part of.');
    },
  });
  return last;
}

/** The library counts what aliases stand for, and throws when it is too much for any honest file. */
function withinLimits(document: Document, refuse: () => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError) refuse();
    throw error;
  }
}
