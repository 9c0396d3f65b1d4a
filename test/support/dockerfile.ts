import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';

/** One line of a Dockerfile. */
export interface Instruction {
  /** `COPY`, `RUN` and the like */
  readonly keyword: string;
  /** what stands behind it, its flags left out */
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
  /** all that stands behind it, over however many lines */
  readonly text: string;
}

/** What is made on one base image. */
export interface Stage {
  readonly name: string | null;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

export const DOCKERFILE = resolve('Dockerfile');

export async function readStages(): Promise<Stage[]> {
  const parsed = DockerfileParser.parse(await readFile(DOCKERFILE, 'utf8'));
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const one of parsed.getInstructions()) {
    const words = one.getArguments().map((argument) => argument.getValue());
    const flags = 'getFlags' in one ? (one.getFlags as () => { getName(): string; getValue(): string | null }[])() : [];
    const instruction = {
      keyword: one.getKeyword(),
      words,
      flags: new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
      text: one.getArgumentsContent() ?? '',
    };
    if (instruction.keyword === 'FROM')
      stages.push({ image: words[0] ?? '', name: words[2] ?? null, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

export const of = ({ instructions }: Stage, keyword: string): Instruction[] =>
  instructions.filter((one) => one.keyword === keyword);
