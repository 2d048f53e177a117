import { resolve } from 'node:path';
import { resolve as resolveTopology } from '../model/resolve.ts';
import { synthApp } from '../synth/app.ts';
import { synthCommand } from '../synth/synth-command.ts';
import { outputFolder } from '../terminal/output-folder.ts';
import { say } from '../terminal/say.ts';
import type { Command } from './command-line.ts';
import { FOLDER, issuedFolder, text } from './options.ts';
import { loadTopology } from './topology-file.ts';

export const synth: Command = {
  about: 'Write the manifests of each cluster, with the Secrets beside them; mint what is missing.',
  args: {
    folder: FOLDER,
    output: {
      type: 'string',
      valueHint: 'path',
      description: 'where to write a folder for each cluster (default: CDK8S_OUTDIR, or dist)',
    },
  },
  run: async (values) => {
    const issued = issuedFolder(values);
    const model = resolveTopology(await loadTopology());
    const named = text(values, 'output');
    // The `cdk8s` command sets this variable for its app.
    if (process.env.CDK8S_RECORD_CONSTRUCT_METADATA === undefined) {
      await synthCommand(model, { issued, output: named ? resolve(named) : outputFolder(), log: say });
    } else await synthApp(model, issued, resolve(named ?? 'dist'));
    return 0;
  },
};
