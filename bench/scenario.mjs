// One scenario with one library, in this process: prints its figures as JSON on the last line.
import { load } from './libraries/index.mjs';
import { scenarios } from './scenarios/index.mjs';
import { mediaScenarios } from './scenarios/media.mjs';

const [name, scenario, seconds] = process.argv.slice(2);
const figures = await { ...scenarios, ...mediaScenarios }[scenario](await load(name), Number(seconds), name);
process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.kill(process.pid, 'SIGKILL'));
