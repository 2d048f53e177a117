const INTERVAL = 1000;

/** Reports how far a long job is, about once a second; a short job reports nothing. */
export function progress(job: string, total: number, log: (line: string) => void): (done: number) => void {
  let last = Date.now();
  return (done) => {
    if (Date.now() - last < INTERVAL) return;
    last = Date.now();
    log(`${job}: ${done} of ${total}`);
  };
}
