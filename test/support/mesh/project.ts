/** A copy of the project, whose certificates Linkerd has on both clusters. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../../../model/topology.ts';
import { topology as defaultTopology } from '../../../topology.ts';
import { copyOfTheProject } from '../../real/dist/copy.ts';
import { until } from '../until.ts';
import { addresses, clear, env, sh } from './clusters.ts';

/** Makes the project, and installs Linkerd by the lines that it prints. Every file of tests finds it so. */
export function install() {
  process.env.MESH_PROJECT = copyOfTheProject();
  const project = new Project();
  project.describe(defaultTopology);
  project.synth();
  process.env.MESH_INSTALLED = project.follow(project.certs());
}

/** What Linkerd's own check said at the end of the printed lines. */
export const installed = () => process.env.MESH_INSTALLED;

export class Project {
  readonly folder = process.env.MESH_PROJECT!;

  /** The project, on clusters that have Linkerd and nothing else. */
  static afresh(topology: Topology = defaultTopology): Project {
    clear();
    const project = new Project();
    // Nothing of it is applied any more, so there is nothing to compare with.
    rmSync(join(project.folder, 'dist'), { recursive: true, force: true });
    // What is not Linkerd's is minted anew: an earlier file may have replaced the CA above what this one does not need.
    const issued = join(project.folder, 'certs', 'issued');
    for (const file of readdirSync(issued))
      if (!/^(ca|cluster-.+-issuer)\./.test(file)) rmSync(join(issued, file), { recursive: true });
    project.describe(topology);
    return project;
  }

  /** Writes another topology in place of the one before. */
  describe(topology: Topology) {
    const ours = Object.entries(addresses()).reduce(
      (text, [example, real]) => text.replaceAll(`"${example}"`, `"${real}"`),
      JSON.stringify(topology, null, 2),
    );
    writeFileSync(join(this.folder, 'topology.ts'), `export const topology = ${ours};\n`);
  }

  /** @returns what it says, which is all on standard error */
  synth() {
    return sh('node bin/nats-mtls.mjs synth 2>&1', this.folder);
  }

  /** What `npm run certs -- …` prints. */
  certs(words = '') {
    return sh(`node bin/nats-mtls.mjs certs ${words}`, this.folder);
  }

  /** What the doctor says, and its exit code. */
  doctor(words = '') {
    const call = `node bin/nats-mtls.mjs doctor ${words}`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', call], {
      ...{ cwd: this.folder, env: env(), encoding: 'utf8' },
    });
    return { status, said: `${stdout}${stderr}` };
  }

  /** Waits until the doctor finds nothing, because a cluster takes what changes at its own speed. */
  async healthy() {
    let said = '';
    await until(
      'the doctor finds nothing',
      () => {
        const found = this.doctor();
        said = found.said;
        return found.status === 0;
      },
      120_000,
    ).catch((error) => {
      throw new Error(`${error.message}\n${said}`);
    });
  }

  /** Runs every printed line that is a command, as it is printed. The doctor is asked when there is something to see. */
  follow(printed: string): string {
    const lines = printed
      .split('\n')
      .filter((line) => /^((linkerd|kubectl|npm|until|for) |\w+=)/.test(line) && line !== 'npm run doctor');
    if (lines.length === 0) throw new Error(`No command is printed:\n${printed}`);
    return sh(lines.join('\n'), this.folder);
  }
}
