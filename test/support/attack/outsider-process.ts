/** The process of an `Outsider`, run in its network namespace. It ends with its parent. */
import { type Attempt, attempt, type Identity, type Outcome } from '../nats-wire.ts';
import { Impostor } from './impostor.ts';

/** What the process is asked for; `report` asks what the present impostor was told. */
export type Request =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | { readonly kind: 'pose'; readonly port: number; readonly identity?: Identity }
  | { readonly kind: 'report' };

let impostor: Impostor | undefined;

process.on('disconnect', () => process.exit());
process.on('message', async (request: Request) => {
  process.send?.(await answer(request));
});

async function answer(request: Request): Promise<Outcome | string> {
  if (request.kind === 'attempt') return attempt(request.attempt);
  if (request.kind === 'pose') {
    impostor?.close();
    impostor = new Impostor(request.port, request.identity);
    return '';
  }
  return impostor?.told ?? '';
}
