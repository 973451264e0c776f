/** Where this runs, and whether the addon can be loaded there. Nothing here needs the addon. */
import { statSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join, sep } from 'node:path';
import nodeGypBuild from 'node-gyp-build';
import { LIBWEBRTC_MILESTONE, packageVersion } from '../../version';
import type { BuildReport, PlatformReport } from './report';

function runtime(): string {
  const { electron, bun, deno } = process.versions as Partial<Record<string, string>>;
  if (electron !== undefined) return `electron ${electron} (node ${process.version})`;
  if (bun !== undefined) return `bun ${bun}`;
  if (deno !== undefined) return `deno ${deno}`;
  return `node ${process.version}`;
}

function glibc(): string | null {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ?? null;
}

/** The machine and the program that runs us. */
export function platformReport(): PlatformReport {
  const processors = cpus();
  return {
    runtime: runtime(),
    nodeApi: process.versions['napi'] ?? 'unknown',
    os: `${type()} ${release()}`,
    arch: arch(),
    glibc: process.platform === 'linux' ? glibc() : null,
    processor: processors[0]?.model.trim() ?? 'unknown',
    processors: processors.length,
    memory: totalmem(),
  };
}

/** The package's root, from `dist/cli/doctor`. */
const packageRoot = join(__dirname, '..', '..', '..');

/** Finds the addon and loads it. */
export async function buildReport(): Promise<BuildReport> {
  const addon: BuildReport['addon'] = { path: null, kind: null, size: null, loaded: false };
  const report = { version: packageVersion(), libwebrtc: LIBWEBRTC_MILESTONE, addon };
  try {
    addon.path = nodeGypBuild.path(packageRoot);
    addon.kind = addon.path.includes(`${sep}prebuilds${sep}`) ? 'prebuild' : 'local build';
    addon.size = statSync(addon.path).size;
    const start = performance.now();
    await import('../../native.js');
    addon.loadTime = performance.now() - start;
    addon.loaded = true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    addon.error = `${reason}\n\`npm rebuild node-libwebrtc\` runs the installation again and says what is missing.`;
  }
  return report;
}
