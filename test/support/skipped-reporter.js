/** Says at the end which tests were skipped: their names give the reason, which Jest does not show for a whole run. */
module.exports = class SkippedReporter {
  onRunComplete(_, { testResults }) {
    const names = testResults
      .flatMap(({ testResults: tests }) => tests)
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => fullName);
    const counts = new Map();
    for (const name of names) {
      const reason = /skipped: .*?(?=$| › )/.exec(name)?.[0] ?? name;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    for (const [reason, count] of counts)
      process.stderr.write(`\n${count} skipped: ${reason.replace(/^skipped: /, '')}`);
    if (counts.size > 0) process.stderr.write('\n');
  }
};
