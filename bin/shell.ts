import { SYSTEM_USER } from '../model/names.ts';
import { resolve } from '../model/resolve.ts';
import { say } from '../terminal/say.ts';
import type { Command } from './command-line.ts';
import { FOLDER, issuedFolder, text } from './options.ts';
import { loadTopology } from './topology-file.ts';

export const shell: Command = {
  about:
    'Run a shell, or the command after --, that reaches a NATS server of a cluster through a port-forward. The exit code is its own.',
  args: {
    cluster: { type: 'positional', description: 'the cluster of topology.ts' },
    user: {
      type: 'string',
      valueHint: 'user',
      description: `the NATS user to sign in as (default: ${SYSTEM_USER}, which sees the servers and no streams)`,
    },
    context: {
      type: 'string',
      valueHint: 'context',
      description: "the kubeconfig's context of the cluster (default: of the same name)",
    },
    folder: FOLDER,
  },
  takesCommand: true,
  run: async (values, command = []) => {
    const call = {
      ...{ cluster: values.cluster as string, user: text(values, 'user') ?? SYSTEM_USER, command, say },
      ...{ context: text(values, 'context'), issued: issuedFolder(values) },
    };
    const model = resolve(await loadTopology());
    // The Kubernetes client takes longer to load than all else.
    const { openShell } = await import('../shell/shell.ts');
    return openShell({ ...call, model });
  },
};
