/**
 * Remembers which pairs of files were found good, so that a fleet's thousands are not judged again in each run. A verdict
 * counts for the very bytes that were judged, by the same rules, under the same CA, for the same plan, and only while the
 * certificate is valid. Whatever has a CA's power over others, a root, is judged each time. The record holds no secret: it is
 * made of SHA-256 hashes, and of keys that nobody can guess.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isRefusal } from '../../model/checks.ts';
import type { PlannedCertificate } from '../plan.ts';
import { type Issued, unparsed } from './check-certificate.ts';
import type { IssuedFiles } from './folder.ts';
import { withLock } from './lock.ts';
import { replaceBeside } from './sets.ts';

/** To be raised with every change of what `judge` refuses or finds outdated, because old verdicts are void then. */
const RULES = 1;

/** First and last moment of a certificate, in milliseconds. */
type Validity = readonly [from: number, to: number];

const recordOf = (folder: string) => `${folder}.verdicts.json`;

interface Pair {
  readonly planned: PlannedCertificate;
  readonly files: IssuedFiles;
  /** The certificate of the CA, as it is delivered. */
  readonly signer: string | undefined;
}

export class Verdicts {
  private readonly used = new Map<string, Validity>();

  private constructor(
    private readonly folder: string,
    private readonly known: ReadonlyMap<string, Validity>,
  ) {}

  /** @param folder - the folder that is judged; the record is beside it */
  static read(folder: string): Verdicts {
    return new Verdicts(folder, parse(recordOf(folder)));
  }

  /** The pair if it was found good before; undefined when it has to be judged. */
  recall({ planned, files, signer }: Pair, now: Date): Issued | undefined {
    const [crt, key] = textsOf(planned, files);
    if (!planned.signer || !signer || crt === undefined || key === undefined) return undefined;
    const hash = hashOf(planned, crt, key, signer);
    const validity = this.known.get(hash);
    if (!validity || now.getTime() < validity[0] || now.getTime() >= validity[1]) return undefined;
    this.used.set(hash, validity);
    return unparsed(planned.name, crt, key);
  }

  /** Notes a pair that was found good. One that is not delivered as its files have it is judged each time. */
  note({ planned, files, signer }: Pair, issued: Issued): void {
    const [crt, key] = textsOf(planned, files);
    if (!planned.signer || !signer || key === undefined || crt !== issued.crt || key !== issued.key) return;
    const { validFrom, validTo } = issued.certificate;
    this.used.set(hashOf(planned, crt, key, signer), [Date.parse(validFrom), Date.parse(validTo)]);
  }

  /** Writes down what this run noted or recalled, if that differs. Where that cannot be, the next run judges again. */
  write(): void {
    if (this.used.size === this.known.size && [...this.used.keys()].every((hash) => this.known.has(hash)))
      return;
    const text = `${JSON.stringify(Object.fromEntries(this.used))}\n`;
    try {
      withLock(this.folder, () => replaceBeside(this.folder, recordOf(this.folder), text));
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
}

function textsOf({ name }: PlannedCertificate, files: IssuedFiles) {
  return [`${name}.crt`, `${name}.key`].map((file) => {
    const found = files.get(file);
    return found && 'text' in found ? found.text : undefined;
  });
}

function hashOf(planned: PlannedCertificate, ...texts: readonly string[]): string {
  const hash = createHash('sha256').update(`${RULES} ${JSON.stringify(planned)}`);
  for (const text of texts) hash.update(`\0${text.length} `).update(text);
  return hash.digest('base64');
}

/** No verdicts where there is no record, or not one of ours. */
function parse(path: string): ReadonlyMap<string, Validity> {
  try {
    const entries = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, Validity] => isValidity(entry[1])));
  } catch {
    return new Map();
  }
}

const isValidity = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
