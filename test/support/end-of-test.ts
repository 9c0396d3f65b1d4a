/** So many tests of this file are over. There are none where servers are started for all files. */
let over = 0;
if (typeof afterEach === 'function') afterEach(() => void (over += 1));

/** For what goes on until something happens: whether the test in which this was called is over, as it may have failed. */
export function endOfTest(): () => boolean {
  const before = over;
  return () => over > before;
}
