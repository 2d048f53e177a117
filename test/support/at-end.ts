const cleanups = new Set<() => void>();

const orders = ['SIGINT', 'SIGTERM', 'disconnect'] as const;

/**
 * Has something cleaned up when this process ends in whatever way lets it: by itself, by a signal, or because the
 * vitest that it works for is gone. Call what it returns when that is done.
 */
export function atEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) for (const order of orders) process.on(order, end);
  cleanups.add(cleanup);
  process.on('exit', cleanup);
  return () => {
    process.off('exit', cleanup);
    cleanups.delete(cleanup);
    if (cleanups.size === 0) for (const order of orders) process.off(order, end);
  };
}

function end() {
  for (const cleanup of cleanups) cleanup();
  // vitest does not let a test call process.exit.
  process.kill(process.pid, 'SIGKILL');
}
