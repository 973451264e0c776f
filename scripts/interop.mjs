/**
 * Sends pictures and sound between Node and browsers, each codec both ways, and prints what was measured as a table.
 * The last picture of each codec that Node received is kept as a PNG.
 *
 *   npm run interop
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { inRoot, root } from './setup/paths.mjs';

const TESTS = ['media.test.mjs', 'h264-main.test.mjs', 'media-opus.test.mjs', 'media-firefox.test.mjs'];
const BROWSERS = { Chromium: ['chromium', 'chromium-h264-main', 'chromium-opus'], Firefox: ['firefox'] };
const fileOf = (name) => inRoot('build', 'interop', `${name}.json`);

for (const name of Object.values(BROWSERS).flat()) rmSync(fileOf(name), { force: true });
const { status } = spawnSync(
  process.execPath,
  ['--test', '--expose-gc', ...TESTS.map((name) => `test/interop/${name}`)],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);

const rows = Object.values(BROWSERS)
  .flat()
  .filter((name) => existsSync(fileOf(name)))
  .flatMap((name) => JSON.parse(readFileSync(fileOf(name), 'utf8')))
  .map(({ codec, direction, result, picture }) => [
    codec,
    direction,
    result,
    picture === undefined ? '' : relative(root, picture),
  ]);
const table = [['Codec', 'Direction', 'Measured', 'A picture of it'], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
console.log(`\n${line(table[0])}\n| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
for (const row of rows) console.log(line(row));
process.exitCode = status ?? 1;
