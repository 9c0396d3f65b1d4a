import { Gathered } from './gathered';

/** Rounds that end when they are told to; each answers an item with the number of its round. */
class Rounds {
  readonly begun: (readonly string[])[] = [];
  private readonly ends: ((error?: Error) => void)[] = [];
  readonly letGos: (() => void)[] = [];
  private arrival = Promise.withResolvers<undefined>();

  readonly gathered: Gathered<string, number>;

  constructor(limits = { keys: 100, rounds: 2 }) {
    this.gathered = new Gathered(
      (items, _lane, letGo) => {
        const number = this.begun.push(items);
        this.letGos.push(letGo);
        this.arrival.resolve(undefined);
        this.arrival = Promise.withResolvers();
        return new Promise((resolve, reject) => {
          this.ends.push((error) => (error ? reject(error) : resolve(items.map(() => number))));
        });
      },
      (item) => [item],
      limits,
    );
  }

  async next(): Promise<void> {
    await this.arrival.promise;
  }

  end(at: number, error?: Error): void {
    this.ends[at]?.(error);
  }
}

it('serves who comes alone at once, and those who come meanwhile together', async () => {
  const rounds = new Rounds();
  const first = rounds.gathered.do('t', 'a');
  await rounds.next();
  const others = ['b', 'c', 'd'].map((item) => rounds.gathered.do('t', item));
  expect(rounds.begun).toEqual([['a']]);
  const second = rounds.next();
  rounds.end(0);
  await second;
  expect(rounds.begun).toEqual([['a'], ['b', 'c', 'd']]);
  rounds.end(1);
  expect(await Promise.all([first, ...others])).toEqual([1, 2, 2, 2]);
});

it('begins the next round as soon as the one before lets go, and no more at once than it may', async () => {
  const rounds = new Rounds();
  const all = [rounds.gathered.do('t', 'a')];
  for (const [at, item] of ['b', 'c'].entries()) {
    await rounds.next();
    all.push(rounds.gathered.do('t', item));
    if (at === 0) rounds.letGos[0]?.();
  }
  rounds.letGos[1]?.();
  expect(rounds.begun).toEqual([['a'], ['b']]);
  const third = rounds.next();
  rounds.end(1);
  await third;
  expect(rounds.begun).toEqual([['a'], ['b'], ['c']]);
  rounds.end(0);
  rounds.end(2);
  expect(await Promise.all(all)).toEqual([1, 2, 3]);
});

it('never puts a key twice into a round, and lets nobody overtake one that has a key in common', async () => {
  const rounds = new Rounds();
  const asked = ['a', 'x', 'x', 'b'].map((item) => rounds.gathered.do('t', item));
  await rounds.next();
  expect(rounds.begun).toEqual([['a', 'x', 'b']]);
  const second = rounds.next();
  rounds.end(0);
  await second;
  rounds.end(1);
  expect(await Promise.all(asked)).toEqual([1, 1, 2, 1]);
});

it('takes no more keys than a round may have', async () => {
  const rounds = new Rounds({ keys: 2, rounds: 1 });
  const asked = ['a', 'b', 'c'].map((item) => rounds.gathered.do('t', item));
  for (const at of [0, 1]) {
    await rounds.next();
    rounds.end(at);
  }
  expect(await Promise.all(asked)).toEqual([1, 1, 2]);
});

it('tells everybody of a round that it failed, and goes on with the others', async () => {
  const rounds = new Rounds();
  const failing = ['a', 'b'].map((item) => rounds.gathered.do('t', item));
  await rounds.next();
  const later = rounds.gathered.do('t', 'c');
  const next = rounds.next();
  rounds.end(0, new Error('no'));
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await next;
  rounds.end(1);
  expect(await later).toBe(2);
});

it('keeps lanes apart', async () => {
  const rounds = new Rounds({ keys: 100, rounds: 1 });
  const one = rounds.gathered.do('t', 'a');
  const other = rounds.gathered.do('u', 'a');
  await rounds.next();
  if (rounds.begun.length < 2) await rounds.next();
  expect(rounds.begun).toEqual([['a'], ['a']]);
  rounds.end(0);
  rounds.end(1);
  expect((await Promise.all([one, other])).toSorted()).toEqual([1, 2]);
});
