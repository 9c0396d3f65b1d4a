import { parser } from '@prometheus-io/lezer-promql';

/** What one part of an expression asks for. */
interface Selector {
  readonly metric: string;
  readonly labels: readonly { readonly name: string; readonly operator: string; readonly value: string }[];
}

/** What an expression of Prometheus asks for. */
interface Asked {
  readonly selectors: readonly Selector[];
  /** labels that it groups or matches by */
  readonly grouped: readonly string[];
}

/** What Grafana puts in before it asks. */
const VARIABLES: readonly (readonly [RegExp, string])[] = [[/\$__(?:rate_)?interval/g, '5m']];

/** @throws when it is no expression of Prometheus */
export function readPromql(text: string): Asked {
  const expression = VARIABLES.reduce((known, [variable, value]) => known.replace(variable, value), text);
  const selectors: Selector[] = [];
  const grouped: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const words = expression.slice(from, to);
      if (type.isError) throw new Error(`Prometheus cannot read "${words}" at ${from} of ${expression}`);
      if (type.name === 'VectorSelector') selectors.push(toSelector(words));
      if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouped.push(words);
    },
  });
  return { selectors, grouped };
}

const LABEL = /([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g;

function toSelector(words: string): Selector {
  const labels = [...words.matchAll(LABEL)].map(([, name = '', operator = '', value = '']) => ({
    name,
    operator,
    value,
  }));
  return { metric: /^[a-zA-Z_:][\w:]*/.exec(words)?.[0] ?? '', labels };
}
