import { InvalidInput } from '../model/checks.ts';
import { resolve } from '../model/resolve.ts';
import { progress } from '../terminal/progress.ts';
import { say } from '../terminal/say.ts';
import type { Command, Values } from './command-line.ts';
import { FOLDER, issuedFolder } from './options.ts';
import { loadTopology } from './topology-file.ts';

/** The exit code of a call that cannot be carried out; 1 means that something is wrong with a cluster. */
const REFUSED = 2;

async function run(values: Values): Promise<number> {
  const issued = issuedFolder(values);
  try {
    const model = resolve(await loadTopology());
    // The Kubernetes client takes longer to load than all else, and only this command needs it.
    const [{ chooseClusters }, { examine }, { loadKubeconfig }, { asJson, asText, count, exitCode }] =
      await Promise.all([
        import('../kube/choose-clusters.ts'),
        import('../doctor/doctor.ts'),
        import('../kube/kubeconfig.ts'),
        import('../doctor/report.ts'),
      ]);
    const chosen = chooseClusters(model, list(values.cluster), list(values.context));
    const kubeconfig = loadKubeconfig();
    const report = values.json ? () => {} : progress('looking at clusters', chosen.length, say);
    const findings = await examine({ model, chosen, kubeconfig, issued, report });
    console.log(values.json ? asJson(findings) : asText(findings));
    return exitCode(count(findings));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    console.error(error.message);
    return REFUSED;
  }
}

const list = (value: Values[string]) => (value ?? []) as readonly string[];

export const doctor: Command = {
  about:
    'Look at the live clusters. Exit code 0 healthy, 1 there are problems, 2 the call cannot be carried out, 3 something could not be looked at.',
  args: {
    cluster: {
      type: 'string',
      multiple: true,
      valueHint: 'cluster',
      description: 'look at this cluster alone; may be repeated (default: every cluster of topology.ts)',
    },
    context: {
      type: 'string',
      multiple: true,
      valueHint: 'cluster=context',
      description: "the kubeconfig's context of a cluster; may be repeated (default: of the same name)",
    },
    folder: FOLDER,
    json: { type: 'boolean', description: 'one JSON object on standard output, and no progress' },
  },
  run,
};
