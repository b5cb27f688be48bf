// Completes package-lock.json with the binaries of other platforms, and strikes out install scripts that are denied.
//
// npm writes only those binaries that it could resolve when the lock file was made (npm/cli#4828), and then `npm ci`
// either refuses the file or leaves other platforms without them. `allowScripts` in package.json denies install scripts
// for npm 11; npm 10 does not know that key, and runs no script of a package that has none by the lock file. Run it
// after adding or updating a dependency:
//
//   node scripts/complete-lock.mjs
//
// With --check it writes nothing and fails when something is to be done.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const { allowScripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Platform of a package by the end of its name, such as `linux-arm64-musl`; npm's own words, so none is translated. */
function platformOf(name) {
  const match =
    /(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el)(?:-(.*))?$/.exec(
      name,
    );
  if (match === null) return undefined;
  const [, os, cpu, abi = ''] = match;
  const libc = os !== 'linux' ? undefined : abi.startsWith('musl') ? 'musl' : 'glibc';
  return { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}

/** Where the package at a place finds another: beside it or above it. */
function locate(place, name) {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const found = `${at}/node_modules/${name}`.replace(/^\//, '');
    if (lock.packages[found]) return found;
    if (!at.includes('/node_modules/')) break;
  }
  return lock.packages[`node_modules/${name}`] && `node_modules/${name}`;
}

const missing = Object.entries(lock.packages).flatMap(([place, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => locate(place, name) === undefined)
    .map(([name, version]) => ({ name, version, by: place, entry })),
);

const denied = Object.entries(lock.packages).filter(
  ([place, { hasInstallScript }]) =>
    hasInstallScript === true && allowScripts[place.replace(/^.*node_modules\//, '')] === false,
);

if (missing.length === 0 && denied.length === 0) process.exit(0);
const names = missing.map(({ name, version }) => `${name}@${version}`).join(', ');
const places = denied.map(([place]) => place).join(', ');
if (process.argv.includes('--check')) {
  if (names) console.error(`package-lock.json lacks ${names}.`);
  if (places) console.error(`package-lock.json lets npm 10 run install scripts that are denied: ${places}.`);
  console.error('Run: node scripts/complete-lock.mjs');
  process.exit(1);
}
for (const [, entry] of denied) delete entry.hasInstallScript;
for (const { name, version, entry } of missing) {
  const platform = platformOf(name);
  if (platform === undefined || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) {
    console.error(
      `${name}@${version} is no binary of a platform; install it where the registry has it, then commit.`,
    );
    process.exitCode = 1;
    continue;
  }
  lock.packages[`node_modules/${name}`] = {
    version,
    ...platform,
    ...(entry.dev && { dev: true }),
    license: entry.license,
    optional: true,
    ...(entry.engines && { engines: entry.engines }),
  };
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
if (names) console.log(`Added ${names}.`);
if (places) console.log(`Struck out the install scripts of ${places}.`);
