import type { z } from 'zod';
import type { MoodleParameters } from './encode-parameters';

/** One function of Moodle's web services: its name, whether it changes anything, and what it answers. */
export interface MoodleFunction<P extends MoodleParameters, A> {
  readonly name: string;
  readonly writes: boolean;
  readonly answer: z.ZodType<A>;
  /** the capability that the token's user needs for it */
  readonly needs: string | undefined;
  /** never there: it carries the type of the parameters */
  readonly parameters?: P;
}

/** @returns a function that takes parameters of the type P */
export const defineFunction =
  <P extends MoodleParameters>() =>
  <A>(name: string, writes: boolean, answer: z.ZodType<A>, needs?: string): MoodleFunction<P, A> => ({
    name,
    writes,
    answer,
    needs,
  });
