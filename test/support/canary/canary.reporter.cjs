/** Ends the run red when anything that the services logged or answered holds what it must not. */
module.exports = class Canary {
  async onRunComplete(_contexts, results) {
    const faults = await this.search();
    if (faults.length === 0) return;
    // Counts as a test file that failed, for the exit code and for every summary after this.
    results.numRuntimeErrorTestSuites += 1;
    console.error(['', 'Leaks in what the services logged and answered:', ...faults, ''].join('\n'));
  }

  async search() {
    try {
      const { lines, answers, faults } = await globalThis.searchForCanaries();
      console.log(`${lines} lines and ${answers} answers of the services were searched for leaks`);
      return faults;
    } catch (error) {
      return [`The search failed: ${error.stack}`];
    }
  }
};
