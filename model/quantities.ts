/** Kubernetes quantities in the forms that `checkResources` lets through. */

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** An amount of memory such as `512Mi`, in bytes. */
export function bytes(memory: string): number {
  const [, number = '', unit = ''] = /^(\d+)(\w*)$/.exec(memory) ?? [];
  return Number(number) * (UNITS[unit] ?? 1);
}

/** An amount of CPU such as `500m` or `2`, in thousandths of one. */
export function millicpu(cpu: string): number {
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000;
}
