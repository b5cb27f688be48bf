import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { linkedFiles, markdownFiles, sourcePage } from '../.vitepress/links.js';
import { repository } from '../.vitepress/pages.js';

const languages: Readonly<Record<string, string>> = {
  '.mjs': 'js',
  '.js': 'js',
  '.ts': 'ts',
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.py': 'python',
  '.html': 'html',
};

/** A page for each file that a page links, with its text. */
export default {
  paths: () =>
    linkedFiles(markdownFiles())
      .filter(({ shown }) => shown)
      .map(({ file }) => {
        const text = readFileSync(`${repository}/${file}`, 'utf8');
        const content = `# ${file}\n\n\`\`\`\`${languages[extname(file)] ?? 'text'}\n${text}\`\`\`\`\n`;
        return { params: { file: sourcePage(file).replace('source/', '') }, content };
      }),
};
