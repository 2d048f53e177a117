import { expect, it } from 'vitest';
import { clientScript, type ScriptName, script } from '../../../constructs/scripts/read-script.ts';
import { run } from '../../support/command.ts';
import { describeReal, needed } from '../../support/parts.ts';

const clients: ScriptName[] = ['publish', 'publish-stream', 'subscribe', 'subscribe-durable', 'streams'];
const deployed = [
  ...clients.map((name) => [name, clientScript(name)] as const),
  ...(['reload', 'export'] as const).map((name) => [name, script(name)] as const),
];

describeReal(['shellcheck'], 'shellcheck', () => {
  it.each(deployed)('finds nothing in %s as it is deployed', async (_, text) => {
    const check = [needed('shellcheck'), '--shell=sh', '--severity=style', '-'];
    expect(await run(check, { stdin: `${text}\n` })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describeReal(['namespaces'], "busybox's shell", () => {
  it.each(deployed)('can read %s', async (_, text) => {
    const result = await run([needed('namespaces'), 'sh', '-n'], { stdin: `${text}\n` });
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
