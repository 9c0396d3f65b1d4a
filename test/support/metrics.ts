/** One line of what Prometheus reads. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const TYPE = /^# TYPE (\S+) (\S+)$/gm;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** What a service tells Prometheus. */
export class Scrape {
  readonly samples: readonly Sample[];
  /** names, with what kind of metric each is */
  readonly types: ReadonlyMap<string, string>;

  constructor(text: string) {
    const lines = text.split('\n');
    this.types = new Map([...text.matchAll(TYPE)].map(([, name = '', type = '']) => [name, type]));
    this.samples = lines.filter((line) => line !== '' && !line.startsWith('#')).map(toSample);
  }

  /** The values of all series of the metric that have these labels, and others besides. */
  values(name: string, labels: Readonly<Record<string, string>> = {}): number[] {
    return this.of(name, labels).map(({ value }) => value);
  }

  /** Their sum; 0 when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.values(name, labels).reduce((sum, value) => sum + value, 0);
  }

  of(name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
    return this.samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([label, is]) => sample.labels[label] === is),
    );
  }
}

function toSample(line: string): Sample {
  const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
  if (name === '') throw new Error(`This is no line of metrics: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text] as const);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}
