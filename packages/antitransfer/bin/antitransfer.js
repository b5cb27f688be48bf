#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);

// What an older Node says is a syntax error in some library.
if (major > 20 || (major === 20 && minor >= 12)) {
  await import('../dist/cli/main.js');
} else {
  process.stderr.write(`antitransfer needs Node 20.12 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
}
