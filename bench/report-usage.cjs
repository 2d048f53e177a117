// Loaded before anything else: says on standard output what the process has used, when it ends.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stdout.write(
    `${JSON.stringify({ mebibytes: maxRSS / 1024, cpu: (userCPUTime + systemCPUTime) / 1000 })}\n`,
  );
});
