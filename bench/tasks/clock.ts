/** Prints how long the part that counts takes, in milliseconds; the parent may measure the whole process instead. */
export function clock(work: () => void): void {
  const start = performance.now();
  work();
  console.log(performance.now() - start);
}

/** `task.js FOLDER COUNT`: where to write, and how many charts. */
export function taskArguments(): { outdir: string; count: number } {
  const [outdir = 'dist', count = '1'] = process.argv.slice(2);
  return { outdir, count: Number(count) };
}
