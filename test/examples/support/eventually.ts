/** Repeats until the work neither throws nor takes longer than it may; then the last failure is the test's. */
export async function eventually<T>(work: () => Promise<T> | T, withinMs = 4000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
