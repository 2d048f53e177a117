/** Quantities in the forms that the checks let through. */

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** An amount of memory or storage such as `512Mi`, in bytes. */
export function bytes(amount: string): number {
  const [, number = '', unit = ''] = /^(\d+)(\w*)$/.exec(amount) ?? [];
  return Number(number) * (UNITS[unit] ?? 1);
}

/** An amount of CPU such as `500m` or `2`, in thousandths of one. */
export function millicpu(cpu: string): number {
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000;
}

/** A length of time such as `90s` or `7d`, in seconds. */
export function seconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (SECONDS[duration.slice(-1)] ?? Number.NaN);
}

/** How much of a volume streams may take, in bytes. The rest is for the file system and for compaction. */
export const storeBytes = (size: string) => Math.floor(bytes(size) * 0.9);
