/** Calls `step(index)` so many times a second, as a camera does; returns what ends it. Late calls are made up for. */
export function pace(rate, step) {
  const started = performance.now();
  let index = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    while (index < due) step(index++);
  }, 1000 / rate);
  return () => clearInterval(timer);
}

/** CPU time that this process has spent since `before`, in seconds. */
export function cpuSeconds(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
