/** Synth as the app of `cdk8s.yaml`: what `main.ts` calls. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ISSUED } from '../certs/store/folder.ts';
import { InvalidInput, refuse } from '../model/checks.ts';
import type { Model } from '../model/model.ts';
import { resolve as resolveTopology } from '../model/resolve.ts';
import type { Topology } from '../model/topology.ts';
import { say } from '../terminal/say.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { kustomizations } from './kustomization.ts';
import { synthCommand } from './synth-command.ts';
import { synthesize } from './synthesize.ts';
import { writeFolder } from './write.ts';

export interface AppOptions {
  /** Folder of the credentials. @default 'certs/issued' */
  readonly folder?: string;
  /** Folder that gets one folder for each cluster, and the picture. @default 'dist' */
  readonly output?: string;
}

/**
 * Does what `nats-mtls synth` does. A topology or credentials that cannot be used are said on standard error, and the
 * exit code of the process is 1 then.
 *
 * The `cdk8s` command deletes the folder of its `output` before it runs an app. That has to be another folder than
 * this function's, which would lose what protects volumes. It gets a copy of the manifests, without Secrets: the
 * command prints that copy when it is called with `--stdout`.
 */
export async function synth(
  topology: Topology,
  { folder = ISSUED, output = 'dist' }: AppOptions = {},
): Promise<void> {
  try {
    await synthApp(resolveTopology(topology), resolve(folder), resolve(output));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

/** Synth below the `cdk8s` command, or as a program of its own. */
export async function synthApp(model: Model, issued: string, output: string): Promise<void> {
  const wanted = process.env.CDK8S_OUTDIR;
  if (wanted && resolve(wanted) === output) {
    const remedy = `write \`output: ${SCRATCH}\` there, and get the folder back with git checkout -- ${shownPath(output)}`;
    refuse(
      { owner: 'cdk8s.yaml', property: 'output' },
      `is ${shownPath(output)}, which cdk8s deletes before synth can compare with it; ${remedy}`,
    );
  }
  // With --stdout or --output the command wants the manifests there, and nothing else changed.
  if (!wanted || resolve(wanted) === outputOfCdk8s()) await synthCommand(model, { issued, output, log: say });
  if (!wanted) return;
  for (const { name, files } of synthesize(model)) {
    const all = [...files, ...kustomizations(files.keys())];
    writeFolder(join(wanted, name), new Map(all.map(([file, text]) => [file, { text }])));
  }
}

/** Where the `cdk8s` command is to work: it may delete this folder. */
const SCRATCH = 'node_modules/.cache/cdk8s';

function outputOfCdk8s(): string | undefined {
  const output = existsSync('cdk8s.yaml') && parse(readFileSync('cdk8s.yaml', 'utf8'))?.output;
  return typeof output === 'string' ? resolve(output) : undefined;
}
