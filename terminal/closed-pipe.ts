/** Lets `| head` close the pipe before all is said, which is no failure. */
export function allowClosedPipe(): void {
  process.stdout.off('error', otherwiseThrow).on('error', otherwiseThrow);
}

function otherwiseThrow(error: NodeJS.ErrnoException) {
  if (error.code !== 'EPIPE') throw error;
}
