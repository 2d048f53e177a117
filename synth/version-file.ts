/**
 * Which version of this package wrote the output folder. An update may change manifests although nobody changed the
 * topology, and who applies them has to know.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../model/checks.ts';
import { VERSION } from '../model/version.ts';
import type { Say } from '../terminal/say.ts';
import { shellWord, shownPath } from '../terminal/shown-path.ts';
import type { Manifests } from './read-manifest.ts';
import type { ClusterManifests } from './synthesize.ts';

/** In the output folder, beside those of the clusters, where no `kubectl apply` looks. */
export const VERSION_FILE = '.nats-mtls-version';

/** Wrote the folder before there was such a file. */
const EARLIER = '0.1';

/**
 * The version that wrote the folder; undefined where there is none yet.
 * @throws InvalidInput if it was a later one, because going back would take away what that one mended
 */
export function writtenBy(output: string): string | undefined {
  const path = join(output, VERSION_FILE);
  if (!existsSync(path)) return existsSync(output) ? EARLIER : undefined;
  const version = readFileSync(path, 'utf8').trim();
  if (isLater(version, VERSION)) {
    const folder = shownPath(output);
    refuse(
      { owner: 'npm run synth', property: shownPath(path) },
      `nats-mtls ${version} wrote ${folder}, and this is ${VERSION}; install that version with npm ci or npm install nats-mtls@${version}, or delete this file to go back on purpose`,
    );
  }
  return version;
}

/** Says which manifests change, before anything is written, where another version wrote them. */
export function sayChanges(
  version: string | undefined,
  output: string,
  clusters: readonly ClusterManifests[],
  before: ReadonlyMap<string, Manifests>,
  log: Say,
): void {
  if (version === undefined || version === VERSION) return;
  const changed = clusters.flatMap(({ name, files }) => {
    const old = before.get(name);
    return old?.size
      ? [...files].filter(([file, text]) => old.get(file) !== text).map(([file]) => `${name}/${file}`)
      : [];
  });
  const folder = shownPath(output);
  const by = version === EARLIER ? 'an earlier version' : `nats-mtls ${version}`;
  if (changed.length === 0) {
    log(`${folder}: ${by} wrote it, and this is ${VERSION}; the manifests stay as they are`);
    return;
  }
  const more = changed.length > MOST ? ` and ${changed.length - MOST} more` : '';
  log(
    `${folder}: ${by} wrote it, and this is ${VERSION}; these change: ${changed.slice(0, MOST).join(', ')}${more}. Read CHANGELOG.md and \`git diff ${shellWord(folder)}\` before you apply them.`,
  );
}

const MOST = 10;

function isLater(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  const at = [0, 1, 2].find((i) => a![i] !== b![i]);
  return at !== undefined && (a![at] ?? 0) > (b![at] ?? 0);
}
