import type { ContainerPlan } from './container.ts';

/** A command line without privileges in a container: capabilities go before the root, which only they may change. */
export function confined(plan: ContainerPlan, argv: readonly string[] = []): string[] {
  const { uid, gid, groups, root, workingDir } = plan;
  // biome-ignore format: one line for each layer
  return [
    'setpriv', '--inh-caps=-all,+sys_chroot,+setgid,+setuid',
    'setpriv', '--bounding-set=-all', '--no-new-privs',
    'chroot', `--userspec=${uid}:${gid}`, `--groups=${groups.join(',')}`, root,
    '/bin/sh', '-c', 'cd "$0" && exec setpriv --inh-caps=-sys_chroot,-setgid,-setuid -- "$@"', workingDir,
    ...argv,
  ];
}
