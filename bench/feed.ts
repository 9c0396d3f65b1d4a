import type { Student } from './students';

/** What a request's records are to the service, and to the bare statement. */
export type Content = 'new' | 'changed' | 'unchanged';
export const CONTENTS: readonly Content[] = ['new', 'changed', 'unchanged'];
export const OUTCOMES = { new: 'NEW', changed: 'UPDATED', unchanged: 'UNCHANGED' } as const;

/** Rows that are to stay as they are belong to a tenant whose rows nobody changes. */
export const tenantOf = (content: Content): string => (content === 'unchanged' ? 'still' : 'bench');

/** What is sent or stored next: new ids, or the next stretch of the known ones. */
export class Feed {
  private at = 0;
  private sent = 0;

  constructor(
    private readonly content: Content,
    private readonly size: number,
    private readonly known: number,
    private readonly name: string,
  ) {}

  next(): Student[] {
    this.sent += 1;
    return Array.from({ length: this.size }, () => {
      this.at += 1;
      if (this.content === 'new') return { id: `${this.name}${this.at}`, phone: '1' };
      const id = `s${this.at % this.known}`;
      return { id, phone: this.content === 'changed' ? `${this.name}${this.sent}` : '1' };
    });
  }
}

/** So many of the known ones, as they are stored first. */
export const knownStudents = (from: number, count: number): Student[] =>
  Array.from({ length: count }, (_none, at) => ({ id: `s${from + at}`, phone: '1' }));
