/** The command `npm run doctor`: looks at the live clusters. */
import { UsageError } from '../certs/command.ts';
import { checkTopology } from '../model/check-topology.ts';
import { InvalidInput } from '../model/checks.ts';
import { allowClosedPipe } from '../terminal/closed-pipe.ts';
import { progress } from '../terminal/progress.ts';
import { say } from '../terminal/say.ts';
import { topology } from '../topology.ts';
import { examine } from './doctor.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { parseCall } from './parse-call.ts';
import { asJson, asText, count, exitCode } from './report.ts';

const USAGE = `usage: npm run doctor [-- [--cluster <cluster>]… [--context <cluster>=<context>]… [--folder <path>] [--json]]
  --cluster vm-a          looks at this cluster alone; may be repeated (default: every cluster of topology.ts)
  --context vm-a=prod-a   the kubeconfig's context of a cluster (default: of the same name)
  --folder <path>         where npm run certs keeps the credentials (default: certs/issued)
  --json                  one JSON object on standard output, and no progress
exit code 0 healthy, 1 there are problems, 2 the call cannot be carried out, 3 something could not be looked at`;

const WRONG_CALL = 2;

async function main(words: readonly string[]): Promise<number> {
  try {
    const { targets, folder, json } = parseCall(words, checkTopology(topology));
    const kubeconfig = loadKubeconfig();
    const report = json ? () => {} : progress('looking at clusters', targets.length, say);
    const findings = await examine({ topology, targets, kubeconfig, issued: folder, report });
    console.log(json ? asJson(findings) : asText(findings));
    return exitCode(count(findings));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof InvalidInput)) throw error;
    console.error(error instanceof UsageError ? USAGE : error.message);
    return WRONG_CALL;
  }
}

allowClosedPipe();
// A connection to an API server that hangs would keep the process alive.
const code = await main(process.argv.slice(2));
process.stdout.write('', () => process.exit(code));
